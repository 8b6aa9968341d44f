/** What servers know is what they know in primary-backup replication. There is no view service here. */
import type { View } from '../primary-backup/index.ts'

/** How a view is made when somebody is silent. */
export type Failover =
  /** By whoever notices: who is silent is dead. */
  | 'timeout'
  /** By whoever notices, with a majority of all servers, who promise to listen to no earlier view. */
  | 'majority'

/** The same for all servers. */
export interface Config {
  readonly failover: Failover
  /** All servers are in it. */
  readonly first: View
}
