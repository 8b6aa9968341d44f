/** How the options of `quorate serve` are read. */
import { InvalidArgumentError } from 'commander'

/** 0 takes a free one. */
export const readPort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (port > 65_535) throw new InvalidArgumentError('give a port, 0 to 65535')
  return port
}
