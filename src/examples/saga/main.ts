#!/usr/bin/env node
/**
 * The orchestrator of the shop's sagas: the reducers of spec/saga, whose messages go to services over HTTP. docs/EXAMPLES.md
 * shows what to do with it. Kill it in the middle of an order and start it again: the order goes on where it was.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { saga, type SagaProtocol } from '../../../spec/saga/index.ts'
import { fileSink, host, recordTo, systemClock, writeAheadLog, type Node } from '../../runtime/index.ts'
import { closeServer, jsonServer, orExit, orUsage, saidOf, untilAsked, type Asked, type Said } from '../programs.ts'
import { httpServices } from './http-services.ts'
import { orchestrator, services } from './shop.ts'

const usage = `usage: main.js [--port 7600] [--data shop-data]

  --port  where clients ask, over HTTP on 127.0.0.1; ${services.join(', ')} are at the next ones
  --data  a folder for the log and the recording
`

const start = async (port: number, data: string): Promise<Node<SagaProtocol>> => {
  const logger = pino({ base: { node: 'orchestrator' } }, pino.destination(2))
  const urls = Object.fromEntries(services.map((id, place) => [id, `http://127.0.0.1:${port + 1 + place}`]))
  return orExit(
    await host<SagaProtocol>({
      protocol: saga,
      self: { id: 'orchestrator', nodes: ['orchestrator', ...services], config: orchestrator },
      timers: { retry: [200, 400] },
      storage: writeAheadLog({ folder: join(data, 'log'), segmentBytes: 2 ** 20, log: logger }),
      transport: httpServices({ urls, patience: 2_000, logger }),
      logger,
      // Every step, on its way to the operating system before it is seen: also that before a kill -9 is there.
      recorder: recordTo(fileSink({ folder: join(data, 'recordings'), node: 'orchestrator', keep: 100 }), {
        clock: systemClock,
        origin: performance.timeOrigin,
        buffer: 0
      })
    })
  )
}

/** What clients may ask: an order, what became of it, and to abort it. */
const answerOf =
  (node: Node<SagaProtocol>) =>
  async ({ words: [method = '', subject, order] }: Asked): Promise<Said> => {
    if (subject !== 'orders') return [404, { error: 'there are POST /orders, GET /orders/ID and DELETE /orders/ID' }]
    if (method === 'POST' && order === undefined) {
      // A saga is called by its request. The name is made here, so that no two clients choose the same.
      const id = randomUUID()
      const answer = await node.request({ type: 'begin-saga' }, { id })
      return answer._tag === 'Right' ? [202, { id, ...answer.right }] : saidOf(answer)
    }
    if (order === undefined) return [404, { error: 'which order?' }]
    return saidOf(await node.request({ type: method === 'DELETE' ? 'abort-saga' : 'ask-status', saga: order }))
  }

const commandLine = () => {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '7600' }, data: { type: 'string', default: 'shop-data' } }
  })
  const port = Number(values.port)
  return port > 0 && port < 65_000 ? { port, data: values.data } : null
}

const main = async (): Promise<number> => {
  const { port, data } = orUsage(commandLine, usage)
  const node = await start(port, data)
  const server = await jsonServer(port, answerOf(node))
  process.stdout.write(`takes orders at http://127.0.0.1:${port}/orders\n`)
  const failed = await Promise.race([untilAsked(), node.stopped])
  closeServer(server)
  await node.stop()
  return failed ? 1 : 0
}

process.exitCode = await main()
