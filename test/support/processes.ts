/** Programs of ours that run beside a test: started, listened to, killed, and gone when the test file is over. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { afterAll } from '@jest/globals'

const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Until it holds, or the test takes too long. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await pause(100)
}

export const host = '127.0.0.1'

/** A server on this port, or on any free one; null where it is taken. */
const listening = (port: number): Promise<ReturnType<typeof createServer> | null> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, host, () => resolve(server))
  })

const portOf = (server: ReturnType<typeof createServer>): number => {
  const at = server.address()
  return typeof at === 'object' && at !== null ? at.port : 0
}

/** The first of `count` ports in a row that are free now. */
export const freePorts = async (count: number): Promise<number> => {
  for (;;) {
    const any = await listening(0)
    const first = any === null ? 0 : portOf(any)
    const rest = Array.from({ length: count - 1 }, (_, index) => listening(first + 1 + index))
    const servers = [any, ...(await Promise.all(rest))]
    await Promise.all(
      servers.map((server) => new Promise((resolve) => (server ? server.close(resolve) : resolve(null))))
    )
    if (servers.every((server) => server !== null)) return first
  }
}

export interface Started {
  readonly child: ChildProcess
  /** The exit status, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
  /** All that it has said on standard output, once that fits; throws where it ends before. */
  readonly says: (pattern: RegExp) => Promise<string>
  /** What it has said on standard error. */
  readonly complaints: () => string
}

/** Starts a program of ours with Node. */
export const started = (program: string, ...words: ReadonlyArray<string>): Started => {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (err += String(chunk)))
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? signal))
  })
  const says = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(out)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended after saying ${out}${err}`)
      await pause(50)
    }
    return out
  }
  return { child, ended, says, complaints: () => err }
}

export const kill = async ({ child, ended }: Started): Promise<void> => {
  child.kill('SIGKILL')
  await ended
}
