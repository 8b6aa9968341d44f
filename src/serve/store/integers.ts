/** Integers of 64 bits, as commands and values hold them: in digits. */
import type { Reply } from '../resp/reply.ts'

const least = -(2n ** 63n)
const most = 2n ** 63n - 1n

/** Null for what is no integer of 64 bits, written the one way it can be. */
export const integerIn = (text: string): bigint | null => {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return null
  const value = BigInt(text)
  return isInRange(value) ? value : null
}

export const isInRange = (value: bigint): boolean => value >= least && value <= most

export const integerReply = (value: bigint): Reply => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : { integer: value.toString() }
}
