/** The one line that is redrawn while a model is being checked. */
import type { Progress } from '../checker/report.ts'
import { bytes, count, rounded } from './numbers.ts'

/** @param place which model of how many, from 1 */
export const progressLine = (
  model: string,
  place: { readonly index: number; readonly of: number },
  { states, seconds, depth, queue, bytes: held }: Progress
): string => {
  const which = place.of > 1 ? `[${place.index}/${place.of}] ` : ''
  if (states === 0) return `${which}${model}  looking ahead  ${bytes(held)}`
  const rate = seconds > 0 ? rounded(states / seconds) : '0'
  // The most telling first: a narrow terminal cuts the rest.
  return `${which}${model}  ${count(states)} states  ${rate}/s  depth ${depth}  queue ${count(queue)}  ${bytes(held)}`
}
