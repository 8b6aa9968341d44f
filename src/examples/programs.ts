/** What the programs of the examples have in common: an HTTP interface in JSON, and an end in good order. */
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { either } from 'fp-ts'
import { explain, problem, type Problem } from '../model/problem.ts'
import type { Answer } from '../runtime/index.ts'

/** The value; or the process ends with status 2, having said what is wrong. */
export const orExit = <A>(result: either.Either<Problem, A>): A => {
  if (either.isRight(result)) return result.right
  process.stderr.write(`${explain(result.left)}\n`)
  return process.exit(2)
}

/** What the command line says; or the process ends with status 2, having said how it is used. */
export const orUsage = <A>(parse: () => A | null, usage: string): A => {
  const parsed = either.tryCatch(parse, (error) => (error instanceof Error ? `${error.message}\n\n` : ''))
  if (either.isRight(parsed) && parsed.right !== null) return parsed.right
  process.stderr.write(`${either.isLeft(parsed) ? parsed.left : ''}${usage}`)
  return process.exit(2)
}

/** Resolves at Ctrl-C or SIGTERM. */
export const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })

/** What was asked over HTTP: `POST /orders/o1` has the words `POST`, `orders` and `o1`. */
export interface Asked {
  readonly words: ReadonlyArray<string>
  /** Null where there is none, or none in JSON. */
  readonly body: unknown
  readonly header: (name: string) => string | null
}

/** A status, and what is said in JSON; null to hang up without a word. */
export type Said = readonly [status: number, body: unknown] | null

/** What a host answered, as HTTP says it: 503 where nothing has happened or it is not known, which `mayHaveHappened` tells. */
export const saidOf = (answer: Answer<unknown>): Said => {
  if (either.isRight(answer)) return [200, answer.right]
  const { type, mayHaveHappened } = answer.left
  return type === 'refused' ? [400, { error: type }] : [503, { error: type, mayHaveHappened }]
}

/** Listens on this machine, and answers. */
export const jsonServer = (port: number, answer: (asked: Asked) => Promise<Said>): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const body: unknown = await json(request).catch(() => null)
      const path = (request.url ?? '').split('/').filter((word) => word !== '')
      const header = (name: string) => request.headers[name]?.toString() ?? null
      const said = await answer({ words: [request.method ?? '', ...path], body, header })
      if (said === null) request.socket.destroy()
      else {
        response.writeHead(said[0], { 'content-type': 'application/json' })
        response.end(`${JSON.stringify(said[1])}\n`)
      }
    })
    server.once('error', (error) => orExit(either.left(problem('Q705', error.message, [`port ${port}`]))))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

/** Takes no more, and lets go of who is connected. */
export const closeServer = (server: Server): void => {
  server.close()
  server.closeAllConnections()
}
