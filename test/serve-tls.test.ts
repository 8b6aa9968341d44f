/** `quorate serve` with mutual TLS between its nodes: three processes, each with a certificate of its name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, expect, test } from '@jest/globals'
import type { Certificates } from '../src/runtime/index.ts'
import { ask, isOk, statusOf, words } from './serve/asking.ts'
import { command, runProgram } from './support/command.ts'
import { freePorts, host, kill, started, until, type Started } from './support/processes.ts'
import { authority } from './transport/authority.ts'

const folder = mkdtempSync(join(tmpdir(), 'quorate-serve-tls-'))
const [ours, others] = [authority(), authority()]
afterAll(() => {
  ours.remove()
  others.remove()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const ids = ['n1', 'n2', 'n3']
const fileOf = (id: string, part: string) => join(folder, id, `${part}.pem`)

const give = (id: string, certificates: Certificates): void => {
  mkdirSync(join(folder, id), { recursive: true })
  for (const [part, text] of Object.entries(certificates)) writeFileSync(fileOf(id, part), text)
}

/** The certificate that who listens there shows: the number that its authority gave it. */
const shownAt = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.3' }, () => {
      resolve(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
    socket.once('error', reject)
  })

test('nodes with certificates of their names are a cluster; others are refused, and say why; new ones are taken up', async () => {
  const port = await freePorts(6)
  const peerAt = (id: string) => port + ids.indexOf(id)
  const clientAt = (id: string) => port + 3 + ids.indexOf(id)
  const configOf = (id: string): string => join(folder, `${id}.json`)
  const running = new Map<string, Started>()
  const start = async (id: string): Promise<Started> => {
    const node = started(command, 'serve', '--config', configOf(id))
    running.set(id, node)
    await node.says(/serves clients/)
    return node
  }
  for (const id of ids) {
    give(id, ours.issue(`DNS:${id}`))
    const settings = {
      id,
      listen: `${host}:${peerAt(id)}`,
      clientPort: clientAt(id),
      peers: ids.map((node) => `${node}=${host}:${peerAt(node)}/${clientAt(node)}`).join(','),
      data: join(folder, id, 'data'),
      segment: 2 ** 20,
      tls: { key: fileOf(id, 'key'), cert: fileOf(id, 'cert'), ca: fileOf(id, 'ca') }
    }
    writeFileSync(configOf(id), JSON.stringify(settings))
  }
  await Promise.all(ids.map(start))
  // Nodes that have not found each other yet say TRYAGAIN.
  await until(async () => isOk((await ask(clientAt('n1'), words('SET a 1')))[0]))
  expect(await ask(clientAt('n3'), words('GET a'))).toEqual(['1'])

  // A certificate of the authority, with the name of another node: both sides say so, and the cluster goes on without it.
  await kill(running.get('n3') as Started)
  give('n3', ours.issue('DNS:n9'))
  const impostor = await start('n3')
  const refusals = (node: Started | undefined) =>
    (node?.complaints() ?? '')
      .split('\n')
      .filter((line) => line.includes('Q95'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const hasRefused = (node: Started | undefined, reason: string) => async () =>
    refusals(node).some((line) => line['code'] === 'Q954' && line['reason'] === reason)
  await until(hasRefused(running.get('n1'), 'identity'))
  const [said] = refusals(running.get('n1')).filter(({ reason }) => reason === 'identity')
  expect(said?.['msg']).toMatch(/certificate .*n3/)
  expect((await statusOf(clientAt('n3')))['leader']).toBe('')
  await until(async () => isOk((await ask(clientAt('n1'), words('SET a 2')))[0]))

  // One of another authority.
  await kill(impostor)
  give('n3', others.issue('DNS:n3'))
  await start('n3')
  await until(hasRefused(running.get('n1'), 'tls'))
  expect((await statusOf(clientAt('n3')))['leader']).toBe('')

  // The right one, while it runs: taken up when the files change, and at SIGHUP.
  const before = await shownAt(peerAt('n3'))
  give('n3', ours.issue('DNS:n3'))
  await until(async () => (await shownAt(peerAt('n3'))) !== before)
  await until(async () => (await statusOf(clientAt('n3')))['leader'] !== '')
  expect(await ask(clientAt('n3'), words('GET a'))).toEqual(['2'])
  const takenUp = (node: Started | undefined) =>
    (node?.complaints() ?? '').split('certificates are taken up').length - 1
  const times = takenUp(running.get('n1'))
  running.get('n1')?.child.kill('SIGHUP')
  await until(async () => takenUp(running.get('n1')) > times)

  for (const { child } of running.values()) child.kill('SIGTERM')
  expect(await Promise.all([...running.values()].map(({ ended }) => ended))).toEqual([0, 0, 0])
}, 180_000)

test('certificates that cannot be used keep a node from starting', async () => {
  const { key } = ours.issue('DNS:n1')
  give('n1', { ...ours.issue('DNS:n1'), key })
  const config = join(folder, 'n1.json')
  const mixed = await runProgram(process.execPath, [command, 'serve', '--config', config])
  expect([mixed.status, mixed.err]).toEqual([2, expect.stringMatching(/^Q957 .*key values mismatch/m)])
  rmSync(fileOf('n1', 'key'))
  const missing = await runProgram(process.execPath, [command, 'serve', '--config', config])
  expect([missing.status, missing.err]).toEqual([2, expect.stringMatching(/^Q957 ENOENT/m)])
}, 60_000)
