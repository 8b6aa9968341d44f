/** Read committed is not snapshot isolation: a transaction reads a key twice, and another commits in between. [Berenson95] P2 */
import { breaking } from './cluster.ts'
import { rereading } from './workloads.ts'

export default breaking('mvcc-read-committed-reads-no-snapshot', 'read-committed', rereading, 'snapshot-isolation')
