/** Four servers: a majority is two grants besides one's own, so that the first of them is only counted. */
import lease from './lease.model.ts'

export default {
  ...lease.build({ servers: 4, duration: 2, drift: 1, ticks: 1, crashes: 0 }),
  name: 'lease-election-four-servers'
}
