/** The reducer: by what a node is. */
import { match } from 'ts-pattern'
import { fired, type Self } from '../kernel/index.ts'
import { clientStep } from './client.ts'
import { oracleStep } from './oracle.ts'
import type { Happening, Move, Percolator } from './rules.ts'
import { shardStep } from './shard.ts'
import { idle, newOracle, newShard, type Durable, type State } from './state.ts'

export const initial = ({ id, config: { oracle, shards } }: Self<Percolator>): Move => {
  if (id === oracle) return fired('start', newOracle)
  return fired('start', shards.some(({ node }) => node === id) ? newShard : idle)
}

export const step = ({ config }: Self<Percolator>, state: State, event: Happening): Move =>
  match(state)
    .returnType<Move>()
    .with({ role: 'oracle' }, (oracle) => oracleStep(oracle, event))
    .with({ role: 'shard' }, (shard) => shardStep(shard, event))
    .with({ role: 'client' }, (client) => clientStep(config, client, event))
    .exhaustive()

/** A client has nothing on its disk: what it had locked, others roll back or forward. */
export const recover = (_self: Self<Percolator>, disk: Durable): Move =>
  fired('recover', disk.role === 'client' ? idle : disk)
