/** Four servers: a majority is two votes besides one's own, so that the first of them is only counted. */
import checkQuorum from './check-quorum.model.ts'
import preVote from './pre-vote.model.ts'

const settings = { servers: 4, terms: 1, crashes: 0, partitions: 0 }

export const votes = { ...checkQuorum.build(settings), name: 'raft-check-quorum-four-servers' }

const whole = preVote.build(settings)
/** The first steps only, too few to elect anyone: the whole has millions of states. */
export const preVotes = {
  ...whole,
  name: 'raft-pre-vote-four-servers',
  bounds: { ...whole.bounds, depth: 8 },
  properties: whole.properties.filter(({ kind }) => kind !== 'reachable')
}
