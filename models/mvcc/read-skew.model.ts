/** Read committed is not snapshot isolation: a transaction sees half of what another wrote. [Berenson95] A5A */
import { breaking } from './cluster.ts'
import { readSkew } from './workloads.ts'

export default breaking('mvcc-read-committed-shows-read-skew', 'read-committed', readSkew, 'snapshot-isolation')
