/** Four servers: a majority is two votes besides one's own, so that the first of them is only counted. */
import election from './election.model.ts'

export default { ...election.build({ servers: 4, terms: 1, crashes: 0 }), name: 'quorum-election-four-servers' }
