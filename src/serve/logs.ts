/** Log lines as JSON, in the form that pino writes, so that its readers show them. */
import type { Logger } from '../runtime/index.ts'

/** By name, as pino numbers them. */
export const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const
export type Level = keyof typeof levels

/**
 * @param write takes a line, with its line feed
 * @param least what is below is left out
 */
export const jsonLogger = (write: (line: string) => void, node: string, least: Level): Logger => {
  const at = (level: Level): Logger['info'] =>
    levels[level] < levels[least]
      ? () => undefined
      : (fields, text) =>
          write(`${JSON.stringify({ level: levels[level], time: Date.now(), node, ...fields, msg: text })}\n`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
