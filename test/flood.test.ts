/** The client port under clients that mean harm, or do not know better: little is held, nobody else is kept out, nothing changes. */
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { pino } from 'pino'
import { budgetOf, type Budget } from '../src/serve/budget.ts'
import { clientsUpTo } from '../src/serve/clients.ts'
import { connectionLimits, serveConnection, type ConnectionLimits } from '../src/serve/connection.ts'
import { serve, serveOptions } from '../src/serve/index.ts'
import { encodeCommand, type Reply } from '../src/serve/resp/reply.ts'
import { replyReader } from '../src/serve/resp/replies.ts'
import type { Services } from '../src/serve/services.ts'
import { randomOf } from './runtime/world.ts'
import { rightOf } from './support/runs.ts'

const open: Array<{ readonly destroy: () => void }> = []
const servers: Server[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A client that does not let go by itself, and reads only when it is told to. */
const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  open.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket.pause()
}

/** Reads so many replies, or all until the connection ends. */
const replies = (socket: Socket, most = Infinity): Promise<ReadonlyArray<Reply>> =>
  new Promise((resolve) => {
    const reader = replyReader()
    const found: Reply[] = []
    socket.on('data', (chunk) => {
      reader.push(chunk)
      for (let next = reader.next(); either.isRight(next) && next.right !== undefined; next = reader.next())
        found.push(next.right)
      if (found.length >= most) resolve(found)
    })
    socket.on('close', () => resolve(found))
    socket.on('end', () => resolve(found))
    socket.resume()
  })

const ask = async (port: number, ...words: ReadonlyArray<string>): Promise<Reply | undefined> => {
  const socket = await dial(port)
  socket.write(encodeCommand(words), 'latin1')
  const [reply] = await replies(socket, 1)
  socket.destroy()
  return reply
}

const value = 'v'.repeat(65_536)

/** Connections over a store in which every key has one large value. */
const served = async (given: Partial<ConnectionLimits> = {}, budget: Budget = budgetOf(2 ** 24), most = 100) => {
  const clients = clientsUpTo(most)
  let asked = 0
  const services = {
    executor: {
      run: async (items: ReadonlyArray<unknown>) => {
        asked += items.length
        await wait(0)
        return either.right(items.map(() => value))
      },
      leader: () => 'n1'
    },
    operate: async () => 'done',
    clients,
    budget,
    info: () => ({}),
    count: () => undefined,
    version: '0'
  } as unknown as Services
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    const client = clients.enter('?', () => socket.destroy())
    if (client === null) return socket.end('-ERR full\r\n', () => socket.destroy())
    socket.on('close', () => clients.leave(client))
    return serveConnection(socket, client, services, { ...connectionLimits, ...given })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, clients, budget, asked: () => asked }
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(5)
}

describe('a client that does not read', () => {
  const commands = Buffer.from(encodeCommand(['GET', 'k']).repeat(3_000))

  test('is not served on, and is, in order, once it reads', async () => {
    const { port, asked, budget } = await served({}, budgetOf(2 ** 28))
    const socket = await dial(port)
    socket.write(commands)
    await until(() => asked() > 0)
    await wait(200)
    // A flight of 1,024 commands has gone; what comes of it waits to be written, and nothing more is asked for.
    expect(asked()).toBeLessThanOrEqual(1_024)
    const all = await replies(socket, 3_000)
    expect([all.length, all.every((reply) => reply === value)]).toEqual([3_000, true])
    await until(() => budget.held() === 0)
  })

  test('is cut off in the end', async () => {
    const { port, clients } = await served({ deafMs: 50 }, budgetOf(2 ** 28))
    const socket = await dial(port)
    socket.write(commands)
    await until(() => clients.count() === 1)
    await until(() => clients.count() === 0)
  })

  test('nor does it help to be many: who holds most is cut off, and others are served', async () => {
    const budget = budgetOf(2 ** 24)
    const { port, clients } = await served({}, budget)
    let most = 0
    for (let count = 0; count < 20; count++) {
      const socket = await dial(port)
      socket.write(commands)
      await wait(20)
      most = Math.max(most, budget.held())
    }
    expect(clients.count()).toBeLessThan(20)
    // One flight of replies may come on top before somebody is cut.
    expect(most).toBeLessThan(2 ** 24 + 1_024 * (value.length + 100))
    expect((await ask(port, 'GET', 'k')) === value).toBe(true)
  })
})

test('more commands at once than are read at once are answered, all of them', async () => {
  const { port } = await served()
  const socket = await dial(port)
  socket.write(encodeCommand(['PING']).repeat(5_000))
  expect(await replies(socket, 5_000)).toHaveLength(5_000)
})

test('halves of commands: who holds most is cut off, and others are served', async () => {
  const budget = budgetOf(2 ** 22)
  const { port, clients } = await served({}, budget)
  for (let count = 0; count < 40; count++) {
    const socket = await dial(port)
    socket.write(`*2\r\n$3\r\nGET\r\n$8000000\r\n${'x'.repeat(400_000)}`)
    // What has been queued in a transaction counts, too.
    const other = await dial(port)
    other.write(`${encodeCommand(['MULTI'])}${encodeCommand(['SET', 'k', 'x'.repeat(60_000)]).repeat(4)}`)
  }
  await until(() => clients.count() < 80)
  await until(() => budget.held() < 2 ** 22 + 400_000)
  expect((await ask(port, 'GET', 'k')) === value).toBe(true)
})

test('connections that say nothing make room for those that do', async () => {
  const { port, clients } = await served({}, budgetOf(2 ** 24), 10)
  const speaking = await Promise.all(
    [1, 2, 3].map(async () => {
      const socket = await dial(port)
      socket.write(encodeCommand(['PING']))
      await replies(socket, 1)
      return socket
    })
  )
  for (let count = 0; count < 100; count++) await dial(port)
  await until(() => clients.count() === 10)
  expect(await ask(port, 'PING')).toEqual({ status: 'PONG' })
  expect(speaking.every((socket) => !socket.destroyed)).toBe(true)
  // Where all have spoken, there is no room.
  for (let count = 0; count < 7; count++) {
    const socket = await dial(port)
    socket.write(encodeCommand(['PING']))
    await replies(socket, 1)
  }
  expect(await ask(port, 'PING')).toEqual({ error: 'ERR full' })
})

test.each([
  ['a word that is too long', '*1\r\n$999999999\r\n'],
  ['a negative length', '*1\r\n$-5\r\n'],
  ['no number', '*1\r\n$abc\r\n'],
  ['a list in a list', '*2\r\n*1\r\n$1\r\na\r\n'],
  ['too many words', '*70000\r\n'],
  ['a line without end', 'x'.repeat(70_000)],
  ['a word that does not end', '*1\r\n$4\r\nPINGxx'],
  ['quotes that do not close', 'GET "a\r\n']
])('%s is named, and ends the connection, though the client does not let go', async (_what, text) => {
  const { port, clients } = await served({ partingMs: 300 })
  const socket = await dial(port)
  socket.write(`${text}${'y'.repeat(100_000)}`)
  const [said] = await replies(socket)
  expect(said).toMatchObject({ error: expect.stringContaining('ERR Protocol error') })
  await until(() => clients.count() === 0)
})

describe('a node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-flood-'))
  let node: Extract<Awaited<ReturnType<typeof serve>>, { _tag: 'Right' }>['right']
  beforeAll(async () => {
    const settings = { id: 'n1', listen: '127.0.0.1:0', clientPort: 0, data: folder, election: 50, segment: 2 ** 20 }
    node = rightOf(await serve(rightOf(serveOptions({ ...settings, maxClients: 50 })), '0', pino({ level: 'silent' })))
    await until(() => node.node.state().role.is === 'leader')
  })
  afterAll(async () => {
    await node.stop(false)
    rmSync(folder, { recursive: true })
  })

  test('is as it was after 1,500 connections with damaged commands', async () => {
    const { port } = node.client
    expect(await ask(port, 'SET', 'k', 'kept')).toEqual({ status: 'OK' })
    const before = node.node.state().lastApplied
    const random = randomOf(7)
    const below = (bound: number) => Math.floor(random() * bound)
    // Nothing that is a command that writes, however it is damaged by one byte.
    const good = [['GET', 'k'], ['MGET', 'k', 'j'], ['ECHO', 'a b'], ['CLIENT', 'LIST'], ['COMMAND'], ['SCAN', '0']]
    const damaged = (): Buffer => {
      const bytes = Buffer.from(good.map(encodeCommand).slice(below(good.length)).join(''), 'latin1')
      if (random() < 0.3) return bytes.subarray(0, below(bytes.length))
      for (let times = 1 + below(3); times > 0; times--) bytes[below(bytes.length)] = below(256)
      return bytes
    }
    const attack = async (): Promise<void> => {
      const socket = await dial(port)
      socket.on('data', () => undefined).resume()
      socket.end(damaged())
      await once(socket, 'close')
    }
    for (let done = 0; done < 1_500; done += 30) await Promise.all(Array.from({ length: 30 }, attack))
    expect(await ask(port, 'GET', 'k')).toBe('kept')
    expect([await ask(port, 'DBSIZE'), node.node.state().lastApplied]).toEqual([1, before])
  })

  test('replies that are too large together are refused, one by one, and those that fit are given', async () => {
    const { port } = node.client
    const megabyte = 'm'.repeat(1_000_000)
    await ask(port, 'SET', 'large', megabyte)
    expect(await ask(port, 'MGET', ...Array.from({ length: 100 }, () => 'large'))).toMatchObject({
      error: expect.stringContaining('TRYAGAIN nothing has happened: the replies are too large together')
    })
    const socket = await dial(port)
    const times = 40
    socket.write(encodeCommand(['GET', 'large']).repeat(times))
    const all = await replies(socket, times)
    expect(all.slice(0, 10).every((reply) => reply === megabyte)).toBe(true)
    expect(all).toHaveLength(times)
    // Many clients at once share a query, and each of them gets its own in the end.
    const many = await Promise.all(Array.from({ length: 30 }, () => ask(port, 'GET', 'large')))
    expect(many.every((reply) => reply === megabyte)).toBe(true)
  })
})
