/** The chain when it splits in two parts that do not hear each other, in every way, and heals. */
import { partitioned } from './partitioned.ts'

export default partitioned('saga-choreography-partition', 'symmetric')
