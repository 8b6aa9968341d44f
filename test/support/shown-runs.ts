/** Runs that several tests of traces look at. */
import { asynchronous, fifo } from '../../src/model/model.ts'
import { forgetful, pingPongModel } from './ping-pong.ts'
import { runOf } from './runs.ts'

/** Everything that can go wrong on a link that keeps order. */
export const faulty = pingPongModel(
  fifo({ lose: 1, duplicate: 1 }),
  { crashes: 1, partitions: { times: 1, cuts: 'symmetric' } },
  { protocol: forgetful }
)
export const faultyRun = runOf(faulty, [
  'client->a write value=x (put)',
  'partition a b | c',
  'a->b ping index=1 value=x',
  'duplicate b->a pong index=1',
  'b->a pong index=1',
  'heal',
  'lose a->c ping index=1 value=x',
  'a timeout resend',
  'a->c ping index=1 value=x !0',
  'c restart',
  'b->a pong index=1'
])

/** A violation, with replies, notes, a machine, a crash and one for good. */
export const forgetting = pingPongModel(asynchronous(), { crashes: 1, crashesForGood: 1 }, { protocol: forgetful })
export const violation = runOf(
  forgetting,
  [
    'client->a write value=x (put)',
    'a->b ping index=1 value=x',
    'b->a pong index=1',
    'a->c ping index=1 value=x',
    'c->a pong index=1',
    'b crash for good',
    'c crash',
    'c restart'
  ],
  { shows: 'violated', property: 'written-is-stored' }
)
