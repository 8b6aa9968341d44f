/**
 * The client port of `quorate serve` under floods: `npm run build && node bench/flood-clients.mjs [connections]`. Connections that say
 * nothing, clients that do not read, halves of commands and damaged ones, one after the other, against a node whose memory is
 * looked at, while an honest client asks. Fails where that client is not answered, where anything changed, or where the node's
 * resident memory grew beyond 1 GiB. Each connection takes a file descriptor in both processes: see `ulimit -n`.
 */
import { Buffer } from 'node:buffer'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process, { argv, stdout } from 'node:process'
import { encodeCommand } from '../dist/src/serve/resp/reply.js'
import { fail, knowLeader } from './judged-load.mjs'
import { client, host, nodesIn, pause } from './serve-cluster.mjs'

const connections = Number(argv[2] ?? 12_000)
const most = 10_000
const folder = mkdtempSync(join(tmpdir(), 'quorate-flood-'))
const { nodes, start, until, stop, abandon } = await nodesIn(folder, 1, ['--max-clients', String(most)])
process.on('exit', abandon)
const [node] = nodes
start(node)
if (!(await until(knowLeader))) fail('it does not serve')
const { pid } = node.child

/** Resident memory of the node now, in MB. */
const resident = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000)

const ask = async (...words) => {
  const connection = client(node.client)
  const reply = await Promise.race([connection.call(...words), pause(60_000)])
  connection.close()
  return reply
}
const large = 'v'.repeat(100_000)
await ask('SET', 'k', 'kept')
await ask('SET', 'large', large)
const before = resident()

const dial = (bytes) => {
  const socket = connect({ host, port: node.client }).pause()
  socket.on('error', () => undefined)
  if (bytes !== null) socket.write(bytes)
  return socket
}
let mostResident = before
/** Opens connections by and by, and asks in between. */
const flood = async (name, count, bytesOf, closes) => {
  const sockets = []
  const waits = []
  let peak = 0
  for (let done = 0; done < count; done++) {
    const socket = dial(bytesOf())
    if (closes) socket.resume().end()
    else sockets.push(socket)
    if (done % 200 !== 199) continue
    const asked = performance.now()
    if ((await ask('GET', 'k')) !== 'kept') fail(`${name}: after ${done} connections nobody is answered`)
    waits.push(performance.now() - asked)
    peak = Math.max(peak, resident())
  }
  await pause(500)
  peak = Math.max(peak, resident())
  mostResident = Math.max(mostResident, peak)
  const held = Number(/^clients:(\d+)/m.exec(await ask('QUORATE', 'STATUS'))?.[1]) - 1
  for (const socket of sockets) socket.destroy()
  waits.sort((one, other) => one - other)
  const at = (share) => Math.round(waits[Math.floor(share * (waits.length - 1))])
  stdout.write(
    `${name}: ${count} connections, ${held} of them are left at the end; another client was answered within ${at(0.5)} ms (median), ${at(1)} ms (most); ${peak} MB at most\n`
  )
  await pause(500)
}

const gets = Buffer.from(encodeCommand(['GET', 'large']).repeat(1000))
const half = Buffer.from(`*2\r\n$3\r\nGET\r\n$8000000\r\n${'x'.repeat(1_000_000)}`)
const below = (bound) => Math.floor(Math.random() * bound)
const good = ['GET k', 'MGET k large', 'ECHO ab', 'CLIENT LIST', 'COMMAND', 'SCAN 0', 'MULTI', 'INFO']
  .map((line) => encodeCommand(line.split(' ')))
  .join('')
const damaged = () => {
  const bytes = Buffer.from(good)
  for (let times = 1 + below(3); times > 0; times--) bytes[below(bytes.length)] = below(256)
  return bytes.subarray(below(bytes.length))
}
await flood('silent', connections, () => null, false)
await flood('deaf, 100 MB of replies asked by each', connections / 6, () => gets, false)
await flood('half a command of 1 MB', connections / 6, () => half, false)
await flood('damaged', connections * 2, damaged, true)

if ((await ask('GET', 'k')) !== 'kept' || (await ask('DBSIZE')) !== 2) fail('something has changed')
stdout.write(`resident memory: ${before} MB before, ${mostResident} MB at most, ${resident()} MB after\n`)
if (mostResident > before + 1000) fail('it takes too much memory')
const [end] = await stop()
if (end !== 0) fail(`it ended with ${end}`)
rmSync(folder, { recursive: true })
process.exit()
