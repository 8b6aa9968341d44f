#!/usr/bin/env node
/**
 * Two banks and a coordinator, each a process: `main.js coordinator`, `main.js bank1`, `main.js bank2`. docs/EXAMPLES.md
 * shows what to do with them. Kill whom you like and start it again: no transfer is ever done by half.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import {
  fileSink,
  host,
  recordTo,
  systemClock,
  tcpTransport,
  writeAheadLog,
  type Node,
  type TcpOptions
} from '../../runtime/index.ts'
import { closeServer, jsonServer, orExit, orUsage, saidOf, untilAsked, type Asked, type Said } from '../programs.ts'
import { Transfer } from './messages.ts'
import { transfers, type Config, type Transfers } from './transfers.ts'

const usage = `usage: main.js coordinator|bank1|bank2 [--port 7500] [--data transfers-data]

  --port  the first of the ports on 127.0.0.1: three for clients, over HTTP, and three for the nodes
  --data  a folder for the log and the recording of each node
`

/** Who takes part, and as what. The places in this list decide the ports. */
const bank: Config = { role: 'bank', coordinator: 'coordinator', opening: 100 }
const nodes: Readonly<Record<string, Config>> = { coordinator: { role: 'coordinator' }, bank1: bank, bank2: bank }
const ids = Object.keys(nodes)

/** A node: the reducers of `transfers`, on a write-ahead log and TCP. */
const start = async (id: string, config: Config, port: number, data: string): Promise<Node<Transfers>> => {
  const logger = pino({ base: { node: id } }, pino.destination(2))
  const addressOf = (node: string) => ({ host: '127.0.0.1', port: port + ids.length + ids.indexOf(node) })
  const tcp: TcpOptions = {
    protocol: transfers,
    cluster: 'transfers',
    self: id,
    listen: addressOf(id),
    peers: Object.fromEntries(ids.filter((node) => node !== id).map((node) => [node, addressOf(node)])),
    logger
  }
  return orExit(
    await host<Transfers>({
      protocol: transfers,
      self: { id, nodes: ids, config },
      timers: { patience: [1_000, 1_500] },
      storage: writeAheadLog({ folder: join(data, id), segmentBytes: 2 ** 20, log: logger }),
      transport: orExit(tcpTransport(tcp)),
      logger,
      // Every step, on its way to the operating system before it is seen: also that before a kill -9 is there.
      recorder: recordTo(fileSink({ folder: join(data, 'recordings'), node: id, keep: 100 }), {
        clock: systemClock,
        origin: performance.timeOrigin,
        buffer: 0
      })
    })
  )
}

/** What clients may ask: to transfer, what became of a transfer, and what a bank has. */
const answerOf =
  (node: Node<Transfers>) =>
  async ({ words: [method, subject, transaction], body }: Asked): Promise<Said> => {
    if (method === 'GET' && subject === 'balance') {
      const { balance, promised } = node.state()
      return [200, { balance, promised }]
    }
    if (subject !== 'transfers' || transaction === undefined)
      return [404, { error: 'there are GET /balance, GET /transfers/NAME and POST /transfers/NAME' }]
    if (method === 'GET') return saidOf(await node.request({ type: 'ask', transaction }))
    if (!Transfer.is(body)) return [400, { error: 'a transfer is {"from": "bank1", "to": "bank2", "amount": 30}' }]
    return saidOf(await node.request({ type: 'transfer', transaction, ...body }))
  }

const commandLine = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '7500' }, data: { type: 'string', default: 'transfers-data' } }
  })
  const [id = '', ...more] = positionals
  const [config, port] = [nodes[id], Number(values.port)]
  return config === undefined || more.length > 0 || !(port > 0 && port < 65_000)
    ? null
    : { id, config, port, data: values.data }
}

const main = async (): Promise<number> => {
  const { id, config, port, data } = orUsage(commandLine, usage)
  const node = await start(id, config, port, data)
  const at = port + ids.indexOf(id)
  const server = await jsonServer(at, answerOf(node))
  process.stdout.write(`${id} answers at http://127.0.0.1:${at}\n`)
  const failed = await Promise.race([untilAsked(), node.stopped])
  closeServer(server)
  await node.stop()
  return failed ? 1 : 0
}

process.exitCode = await main()
