/** Every node takes writes on either side of a partition, and the sides agree when it has healed. */
import { partitioned } from './partitioned.ts'

export default partitioned('peer-to-peer-partition', 'symmetric')
