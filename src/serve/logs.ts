/** The log of a node: lines of JSON by pino, on standard error. */
import { destination, pino, type DestinationStream, type Logger } from 'pino'

export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** Written before it goes on, so that what a node says last is not lost with it. */
const standardError = (): DestinationStream => destination({ fd: 2, sync: true })

/**
 * Its lines carry the name of the node and the process. It is a `Logger` of the runtime as it is.
 *
 * @param least what is below is left out
 */
export const nodeLogger = (node: string, least: Level, to: DestinationStream = standardError()): Logger =>
  pino({ level: least, base: { pid: process.pid, node } }, to)
