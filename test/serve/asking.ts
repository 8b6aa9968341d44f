/** Asking a node of the store as its clients do. */
import { connect } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { either } from 'fp-ts'
import { encodeCommand, type Reply } from '../../src/serve/resp/reply.ts'
import { replyReader } from '../../src/serve/resp/replies.ts'
import { lines } from '../support/command.ts'
import { host } from '../support/processes.ts'

export const ok: Reply = { status: 'OK' }

export const isOk = (reply: Reply | undefined): boolean => isDeepStrictEqual(reply, ok)

/** Says commands to a node in one write, and hears as many replies. */
export const ask = (port: number, ...commands: ReadonlyArray<ReadonlyArray<string>>): Promise<ReadonlyArray<Reply>> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    const reader = replyReader()
    const replies: Reply[] = []
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${JSON.stringify(replies)}`)))
    socket.on('data', (chunk) => {
      reader.push(chunk)
      for (let next = reader.next(); either.isRight(next) && next.right !== undefined; next = reader.next())
        replies.push(next.right)
      if (replies.length < commands.length) return
      resolve(replies)
      socket.destroy()
    })
    socket.write(commands.map(encodeCommand).join(''), 'latin1')
  })

export const words = (line: string): ReadonlyArray<string> => line.split(' ')

export const statusOf = async (port: number): Promise<Readonly<Record<string, string>>> => {
  const [status] = await ask(port, words('QUORATE STATUS'))
  return Object.fromEntries(lines(typeof status === 'string' ? status : '').map((line) => line.trim().split(/:(.*)/s)))
}
