/** The chain when some services are no longer heard by the others, in every way, and are heard again. */
import { partitioned } from './partitioned.ts'

export default partitioned('saga-choreography-one-way-partition', 'one-way')
