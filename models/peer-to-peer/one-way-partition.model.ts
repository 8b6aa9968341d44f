/** Some nodes are not heard by the others, and all agree when they are heard again. */
import { partitioned } from './partitioned.ts'

export default partitioned('peer-to-peer-one-way-partition', 'one-way')
