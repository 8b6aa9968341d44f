#!/usr/bin/env node
/**
 * A service of the shop, as somebody else may have written it: plain HTTP, a file for a database, and no idea of sagas but
 * for one duty. Whatever it has answered to an idempotency key, it answers again; and what was undone before it was done is
 * refused for good. `--fail 0.3` has it fail three calls in ten, before or after it did what it was asked.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { closeServer, jsonServer, orUsage, untilAsked, type Asked, type Said } from '../programs.ts'

const usage = `usage: service.js --port 7601 --data stock.jsonl [--units 10] [--fail 0.3]

  --units  how many orders it can take at a time: the next one is refused
  --fail   how many of its calls fail, of one
`

/** A row for each key: what was done, or not, and how that was answered. */
interface Row {
  readonly key: string
  readonly status: number
  readonly effect: 'take' | 'confirm' | 'give-back' | null
}

const rowsIn = (file: string): ReadonlyArray<Row> =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as Row)
    : []

const sagaOf = (key: string): string => key.slice(0, key.lastIndexOf('/'))

/** What a new key comes to. One row is one transaction: the effect and the answer are durable together. */
const rowFor = (key: string, action: string, rows: ReadonlyMap<string, Row>, units: number): Row => {
  const saga = sagaOf(key)
  const has = (effect: Row['effect']) => (row: Row) => row.effect === effect
  const taken = [...rows.values()].filter(has('take')).length - [...rows.values()].filter(has('give-back')).length
  if (action === 'undo-take') return { key, status: 200, effect: rows.get(`${saga}/take`)?.effect ? 'give-back' : null }
  if (action === 'confirm') return { key, status: 200, effect: 'confirm' }
  return rows.has(`${saga}/undo-take`) || taken >= units
    ? { key, status: 409, effect: null }
    : { key, status: 200, effect: 'take' }
}

const commandLine = () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      units: { type: 'string', default: '10' },
      fail: { type: 'string', default: '0' }
    }
  })
  const [port, units, fail] = [Number(values.port), Number(values.units), Number(values.fail)]
  return values.data === undefined || !(port > 0 && units >= 0 && fail >= 0 && fail < 1)
    ? null
    : { port, data: values.data, units, fail }
}

const main = async (): Promise<void> => {
  const { port, data, units, fail } = orUsage(commandLine, usage)
  mkdirSync(dirname(data), { recursive: true })
  const rows = new Map(rowsIn(data).map((row) => [row.key, row]))
  const file = openSync(data, 'a')
  // Should a crash have cut the last row, what comes next is not part of it.
  writeSync(file, '\n')

  const answerOf = async ({ words: [method, action = ''], header }: Asked): Promise<Said> => {
    if (method === 'GET') return [200, [...rows.values()]]
    const key = header('idempotency-key')
    if (key === null || !['take', 'confirm', 'undo-take'].includes(action)) return [400, { error: 'what?' }]
    if (Math.random() < fail / 2) return [500, { error: 'out of order' }]
    const row = rows.get(key) ?? rowFor(key, action, rows, units)
    if (!rows.has(key)) {
      writeSync(file, `${JSON.stringify(row)}\n`)
      fsyncSync(file)
      rows.set(key, row)
    }
    // What was done is not told: whoever asked must ask again, and be told the same.
    return Math.random() < fail / 2 ? null : [row.status, row]
  }

  const server = await jsonServer(port, answerOf)
  process.stdout.write(`answers at http://127.0.0.1:${port}\n`)
  await untilAsked()
  closeServer(server)
  closeSync(file)
}

await main()
