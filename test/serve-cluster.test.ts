/** The command `quorate serve`, as processes on loopback: killed, joined, handed over and ended. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { ask, isOk, ok, statusOf, words } from './serve/asking.ts'
import { command, lines, root, runProgram } from './support/command.ts'
import { freePorts, host, started, until, type Started } from './support/processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'quorate-serve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

const serving = (...given: ReadonlyArray<string>): Started => started(command, 'serve', ...given)

test('one command starts a cluster: every node takes every command; nodes hand over, join and leave', async () => {
  const data = join(folder, 'dev')
  const cluster = serving(...words(`--dev 3 --client-port 0 --segment 1m --snapshot-every 20 --data ${data}`))
  const out = await cluster.says(/Talk to any node/)
  expect(out).toMatch(/redis-cli -p \d+/)
  const ports = [...out.matchAll(/^n\d {2}clients 127\.0\.0\.1:(\d+)/gm)].map(([, port]) => Number(port))
  const webs = [...out.matchAll(/http:\/\/127\.0\.0\.1:(\d+)\/metrics/g)].map(([, port]) => Number(port))
  expect([ports.length, webs.length]).toEqual([3, 3])
  const [first = 0, second = 0, third = 0] = ports

  // Pipelined, in order, on a node that leads or does not; what one writes, all others read.
  const piped = ['SET a 1', 'INCR a', 'GET a', 'PING', 'FLY', 'MULTI', 'INCR a', 'GET a', 'EXEC', 'GET b', 'ECHO hi']
  expect(await ask(second, ...piped.map(words))).toEqual([
    ...[ok, 2, '2', { status: 'PONG' }, { error: "ERR unknown command 'fly'" }],
    ...[ok, { status: 'QUEUED' }, { status: 'QUEUED' }, [3, '3'], null, 'hi']
  ])
  for (const port of ports) expect(await ask(port, words('GET a'))).toEqual(['3'])
  for (let turn = 0; turn < 30; turn++) await ask(ports[turn % 3] ?? 0, words(`SET turn:${turn} v`))

  // Leadership moves to who is named, whoever is asked.
  const leader = (await statusOf(first))['leader'] ?? ''
  const other = ['n1', 'n2', 'n3'].find((id) => id !== leader) ?? ''
  expect(await ask(third, words(`QUORATE TRANSFER ${other}`))).toEqual([ok])
  await until(async () => (await statusOf(first))['leader'] === other)

  // A fourth node joins, and has what was written before, by a snapshot; then the first leaves.
  const peer = await freePorts(2)
  const client = peer + 1
  const { peer: firstPeer } = await peersOf(data)
  const joining = ['--join', '--id', 'n4', '--listen', `${host}:${peer}`, '--client-port', String(client)]
  const fourth = serving(...joining, '--peers', firstPeer, '--data', join(folder, 'n4'), '--segment', '1m')
  await fourth.says(/n4 serves/)
  expect(await ask(second, words(`QUORATE ADD-NODE n4 ${host}:${peer}/${client}`))).toEqual([ok])
  expect(await ask(client, words('MGET a turn:0 turn:29'))).toEqual([['3', 'v', 'v']])
  expect(await ask(client, words('QUORATE REMOVE-NODE n1'))).toEqual([ok])
  await until(async () => (await statusOf(client))['voters'] === 'n2,n3,n4')
  await until(
    async () => isOk((await ask(client, words('SET a 4')))[0]) || (await ask(client, words('GET a')))[0] === '4'
  )
  expect(await ask(third, words('GET a'))).toEqual(['4'])

  const metrics = await (await fetch(`http://${host}:${webs[1]}/metrics`)).text()
  expect(metrics).toMatch(/^quorate_steps_total\{rule="[a-z-]+"\} \d+$/m)
  expect(metrics).toMatch(/^quorate_store_commit_index \d+$/m)
  expect((await fetch(`http://${host}:${webs[1]}/health`)).status).toBe(200)

  fourth.child.kill('SIGTERM')
  cluster.child.kill('SIGTERM')
  expect(await Promise.all([fourth.ended, cluster.ended])).toEqual([0, 0])
}, 180_000)

/** Where the nodes of a cluster on one machine listen, as `--peers` wants it. */
const peersOf = async (data: string): Promise<{ readonly peer: string }> => {
  const { readFileSync } = await import('node:fs')
  const ports = JSON.parse(readFileSync(join(data, 'ports.json'), 'utf8')) as Readonly<
    Record<string, { readonly peer: number; readonly client: number }>
  >
  return {
    peer: Object.entries(ports)
      .map(([id, { peer, client }]) => `${id}=${host}:${peer}/${client}`)
      .join(',')
  }
}

test('nodes are killed under load: nothing that was acknowledged is lost, and it is linearizable and a run of Raft', async () => {
  const { status, out, err } = await runProgram(process.execPath, [join(root, 'bench/kill-loop.mjs'), '2'])
  expect([status, err]).toEqual([0, ''])
  expect(out).toMatch(/^2 kills/)
  expect(out).toMatch(/✓ \d+ acknowledged writes/)
  expect(out).toMatch(/✓ linearizable:key-value/)
  expect(out).toMatch(/state-machine-safety/)
  expect(out).not.toMatch('✗')
}, 180_000)

test('what cannot be started says why', async () => {
  const serve = (...given: ReadonlyArray<string>) => runProgram(process.execPath, [command, 'serve', ...given])
  const nameless = await serve('--data', join(folder, 'none'))
  expect([nameless.status, nameless.err]).toEqual([2, expect.stringMatching(/^Q501 give the node a name/)])
  const busy = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, host, () => {
      const at = server.address()
      resolve(typeof at === 'object' && at !== null ? at.port : 0)
    })
    server.unref()
  })
  const blocked = await serve(
    ...['--id', 'n1', '--listen', `${host}:0`, '--client-port', String(busy), '--data', join(folder, 'busy')],
    ...['--segment', '64k']
  )
  expect([blocked.status, lines(blocked.err).at(-3)]).toEqual([2, expect.stringMatching(/^Q705 .*EADDRINUSE/)])
}, 60_000)
