/** The examples, as processes: killed in the middle of what they do, and judged by what is left. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { check } from '../src/checker/index.ts'
import shopModel from '../src/examples/saga/shop.model.ts'
import transfersModel from '../src/examples/two-phase-commit/transfers.model.ts'
import { recordingsIn } from '../src/runtime/index.ts'
import { quorate, root, runProgram } from './support/command.ts'
import { freePorts, host, kill, pause, started, until, type Started } from './support/processes.ts'
import { rightOf } from './support/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'quorate-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

const programOf = (path: string): string => join(root, 'dist/src/examples', path)

type Said = Readonly<Record<string, unknown>>

/** What is answered; null where nobody does, or not in time. */
const ask = async (port: number, method: string, path: string, body?: unknown): Promise<Said | null> => {
  try {
    const response = await fetch(`http://${host}:${port}/${path}`, {
      method,
      signal: AbortSignal.timeout(2_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return (await response.json()) as Said
  } catch {
    return null
  }
}

/** Every recording replays through the reducers. */
const expectReplays = async (recordings: string, model: string): Promise<void> => {
  const files = recordingsIn(recordings)
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) {
    const { status, err } = await quorate(`replay ${join(recordings, file)} --model ${model}`)
    expect([file, status, err]).toEqual([file, 0, ''])
  }
}

describe('transfers between banks, by two-phase commit', () => {
  test('the model of what runs holds without crashes; with them nothing is found among the first of its states', async () => {
    const calm = rightOf(await check({ ...transfersModel, faults: {} }))
    expect([calm.verdict, calm.complete]).toEqual(['holds', true])
    expect(rightOf(await check(transfersModel, { maxStates: 5_000 })).verdict).toBe('incomplete')
  })

  test('coordinator and banks are killed: what one has done all have done, and every recording replays', async () => {
    const port = await freePorts(6)
    const data = join(folder, 'transfers')
    const ids = ['coordinator', 'bank1', 'bank2']
    const running = new Map<string, Started>()
    const start = async (id: string): Promise<void> => {
      const words = [id, '--port', String(port), '--data', data]
      const program = started(programOf('two-phase-commit/main.js'), ...words)
      running.set(id, program)
      await program.says(/answers at/)
    }
    const killed = (id: string) => kill(running.get(id) as Started)
    const portOf = (id: string) => port + ids.indexOf(id)
    const known = (id: string, name: string) => ask(portOf(id), 'GET', `transfers/${name}`)
    await Promise.all(ids.map(start))

    // In the middle of a transaction: one bank has promised, the other has not heard, and the coordinator is gone.
    running.get('bank2')?.child.kill('SIGSTOP')
    const lost = ask(portOf('coordinator'), 'POST', 'transfers/lost', { from: 'bank1', to: 'bank2', amount: 10 })
    await until(async () => (await known('bank1', 'lost'))?.['type'] !== 'unknown')
    await killed('coordinator')
    running.get('bank2')?.child.kill('SIGCONT')
    await lost
    await start('coordinator')
    await until(async () => (await known('bank1', 'lost'))?.['decision'] === 'abort')

    // Under load. A client that was not answered asks for the same transfer again.
    const told = new Map<string, unknown>([['lost', 'abort']])
    const client = async (number: number): Promise<void> => {
      for (let turn = 0; turn < 12; turn++) {
        const [from, to] = turn % 2 === 0 ? ['bank1', 'bank2'] : ['bank2', 'bank1']
        const name = `c${number}-${turn}`
        while (!told.has(name)) {
          const said = await ask(portOf('coordinator'), 'POST', `transfers/${name}`, { from, to, amount: 40 })
          if (said?.['type'] === 'outcome') told.set(name, said['decision'])
          else await pause(50)
        }
      }
    }
    const clients = Promise.all([1, 2, 3].map(client))
    for (const victims of [['coordinator'], ['bank1'], ['coordinator', 'bank2'], ids]) {
      await pause(150)
      await Promise.all(victims.map(killed))
      await Promise.all(victims.map(start))
    }
    await clients

    const decisions = [...new Set([...told.values()].map(String))].toSorted((one, other) => one.localeCompare(other))
    expect(decisions).toEqual(['abort', 'commit'])
    for (const [name, decision] of told)
      for (const id of ids) {
        // A bank that never heard of a transaction has no part in one that was aborted.
        const may = decision === 'abort' && id !== 'coordinator' ? [decision, 'unknown'] : [decision]
        const said = async () => ((saying) => saying?.['decision'] ?? saying?.['type'])(await known(id, name))
        await until(async () => (await said()) !== 'prepared')
        expect([name, id, may.includes(await said())]).toEqual([name, id, true])
      }
    const balances = await Promise.all(['bank1', 'bank2'].map((id) => ask(portOf(id), 'GET', 'balance')))
    expect(balances.map((said) => said?.['promised'])).toEqual([0, 0])
    expect(balances.reduce((sum, said) => sum + Number(said?.['balance']), 0)).toBe(200)

    for (const { child } of running.values()) child.kill('SIGTERM')
    expect(await Promise.all([...running.values()].map(({ ended }) => ended))).toEqual([0, 0, 0])
    const [recordings, model] = [join(data, 'recordings'), 'src/examples/two-phase-commit/transfers.model.ts']
    await expectReplays(recordings, model)
    const judged = await quorate(`validate ${recordings} --model ${model}`)
    expect([judged.status, judged.err]).toEqual([0, ''])
    expect(judged.out).toMatch(/✓ at .* agreement, solvency, money-is-kept/)
  }, 180_000)
})

describe('a shop, by sagas over HTTP', () => {
  test('the model of what runs holds', async () => {
    const { verdict, complete } = rightOf(await check(shopModel))
    expect([verdict, complete]).toEqual(['holds', true])
  })

  test('services fail, the orchestrator is killed: every order is done or undone, each step once', async () => {
    const port = await freePorts(4)
    const data = join(folder, 'shop')
    const units: Readonly<Record<string, number>> = { stock: 20, bank: 5, courier: 20 }
    const fileOf = (id: string) => join(data, `${id}.jsonl`)
    const services = Object.keys(units).map((id, place) => {
      const words = ['--port', port + 1 + place, '--data', fileOf(id), '--units', units[id], '--fail', 0.3].map(String)
      return started(programOf('saga/service.js'), ...words)
    })
    await Promise.all(services.map(({ says }) => says(/answers at/)))
    const start = async (): Promise<Started> => {
      const program = started(programOf('saga/main.js'), '--port', String(port), '--data', data)
      await program.says(/takes orders/)
      return program
    }
    let orchestrator = await start()
    const orders: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      for (let count = 0; count < 3; count++) {
        const said = await ask(port, 'POST', 'orders')
        if (typeof said?.['id'] === 'string') orders.push(said['id'])
      }
      await pause(100)
      if (turn === 3) break
      await kill(orchestrator)
      orchestrator = await start()
    }
    expect(orders.length).toBe(12)
    const statusOf = async (order: string) => (await ask(port, 'GET', `orders/${order}`))?.['status']
    const outcomes = new Map<string, unknown>()
    for (const order of orders)
      await until(async () => {
        const status = await statusOf(order)
        outcomes.set(order, status)
        return status === 'completed' || status === 'compensated'
      })
    expect([...outcomes.values()].filter((outcome) => outcome === 'completed')).toHaveLength(5)

    const effects = Object.keys(units).flatMap((id) =>
      readFileSync(fileOf(id), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly key: string; readonly effect: string | null })
        .map(({ key, effect }) => ({ order: key.slice(0, key.indexOf('/')), what: `${id} ${effect}` }))
        .filter(({ what }) => !what.endsWith('null'))
    )
    for (const [order, outcome] of outcomes) {
      const done = effects.filter((one) => one.order === order).map(({ what }) => what)
      expect([order, done.toSorted()]).toEqual([order, [...new Set(done)].toSorted()])
      if (outcome === 'completed')
        expect(done.toSorted()).toEqual(['bank confirm', 'bank take', 'courier take', 'stock take'])
      else expect(done.filter((what) => what !== 'stock take' && what !== 'stock give-back')).toEqual([])
      if (outcome === 'compensated') expect(done.length === 0 || done.length === 2).toBe(true)
    }

    for (const { child } of [orchestrator, ...services]) child.kill('SIGTERM')
    expect(await Promise.all([orchestrator, ...services].map(({ ended }) => ended))).toEqual([0, 0, 0, 0])
    await expectReplays(join(data, 'recordings'), 'src/examples/saga/shop.model.ts')
  }, 180_000)
})

test.each([
  ['two-phase-commit/main.js', 'bank3'],
  ['two-phase-commit/main.js', '--fast'],
  ['saga/main.js', '--port=x'],
  ['saga/service.js', '--units=1']
])('%s %s says how it is used', async (program, word) => {
  const { status, err } = await runProgram(process.execPath, [programOf(program), word])
  expect([status, err]).toEqual([2, expect.stringContaining('usage: ')])
  expect(err).not.toMatch(/^ +at /m)
})
