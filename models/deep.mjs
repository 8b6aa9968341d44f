/**
 * `npm run check:deep`: models at settings that are too large for `npm run check`, minutes in all. Each line is what
 * `quorate check` is given.
 */
import { spawnSync } from 'node:child_process'
import { argv, execPath, exit } from 'node:process'

const settings = [
  'models/published/two-phase.model.ts --no-reduce --param resourceManagers=9',
  'models/two-phase-commit/atomic-commit.model.ts --param participants=5',
  'models/three-phase-commit/site-failures.model.ts --param crashes=2 --param losses=0',
  'models/three-phase-commit/site-failures-last-first.model.ts --param participants=3',
  'models/paxos-commit/atomic-commit.model.ts --param leaders=2',
  'models/paxos-commit/atomic-commit.model.ts --param acceptors=5 --param resourceManagers=1',
  'models/split-brain/majority.model.ts --param views=3',
  'models/lease-election/lease.model.ts --param ticks=4 --param crashes=2',
  'models/quorum-voting/writers.model.ts --param reads=1 --param crashes=0',
  'models/quorum-election/election.model.ts --no-reduce',
  'models/bully/bully.model.ts --no-reduce',
  'models/paxos/agreement.model.ts --param ballots=4',
  'models/mvcc/set-up-wrong.model.ts --param rivals=1',
  'models/raft/bounded-election.model.ts --param terms=3',
  'models/raft/bounded-election.model.ts --param terms=3',
  'models/raft/bounded-election.model.ts --param servers=5 --param terms=1 --param partitions=0 --reduce dead-messages,symmetry',
  'models/raft/bounded-election.model.ts --param servers=5 --param crashes=0 --param partitions=0 --reduce dead-messages,symmetry',
  'models/raft/bounded-election.model.ts --param servers=5 --param terms=2 --param partitions=0 --reduce dead-messages,alike-messages,idle-partitions,symmetry',
  'models/raft/fourth-server.model.ts --param terms=2 --reduce dead-messages,alike-messages',
  'models/raft/fourth-server.model.ts --param leaves=true --reduce dead-messages,alike-messages',
  'models/raft/deep-replication.model.ts --param terms=2',
  'models/raft/deep-replication.model.ts --param terms=3 --param crashes=0',
  'models/raft/deep-replication.model.ts --param terms=2 --param entries=2 --param crashes=0',
  'models/raft/deep-replication.model.ts --param terms=3 --param entries=2 --workers 1 --reduce dead-messages,alike-messages,idle-partitions,symmetry',
  'models/raft/lease-reads.model.ts --param crashes=1',
  'models/raft/silent-leaders.model.ts --param terms=3',
  'models/raft/replication.model.ts --param crashes=1'
]

const command = new URL('../dist/src/cli/main.js', import.meta.url).pathname
const chosen = settings.filter((setting) => argv.length < 3 || argv.slice(2).some((part) => setting.includes(part)))
/** In megabytes: the tables of large models do not fit the customary heap. */
const heap = '--max-old-space-size=8000'
const statuses = chosen.map((setting) => {
  console.log(`$ quorate check ${setting}`)
  return spawnSync(execPath, [heap, command, 'check', ...setting.split(' ')], { stdio: 'inherit' }).status ?? 1
})
exit(Math.max(0, ...statuses))
