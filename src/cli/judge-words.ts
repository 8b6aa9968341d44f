/** What `quorate judge` says, for a person. */
import { match, P } from 'ts-pattern'
import type { Input } from './judge-input.ts'
import type { Judgement } from './judge-document.ts'
import { counted, duration } from './numbers.ts'
import type { Colours } from './terminal.ts'

const plural = (value: number, one: string, many: string): string =>
  value === 1 ? `1 ${one}` : `${counted(value, one).replace(/ .*/, '')} ${many}`

/** `run.jsonl: 12 calls by 3 processes, json-lines`. */
export const inputLine = ({ file, format, calls }: Input): string => {
  const processes = new Set(calls.map(({ process }) => process)).size
  const name = file === '-' ? 'standard input' : file
  return `${name}: ${counted(calls.length, 'call')} by ${plural(processes, 'process', 'processes')}, ${format}`
}

/** What an `ok` does not say. */
const caveats = ({ name, verdict }: Judgement): ReadonlyArray<string> =>
  match(verdict)
    .with({ verdict: 'ok', witness: { of: 'isolation' } }, ({ witness: { witness } }) => {
      const allowed = [...new Set(witness.allowed.map((anomaly) => anomaly.name))]
      return [
        ...(allowed.length > 0 ? [`shows what this level allows: ${allowed.join(', ')}`] : []),
        ...(!witness.isProof
          ? [
              `the order of versions could not be told of ${plural(witness.undeterminedKeys, 'key', 'keys')}: nothing was found, which is no proof`
            ]
          : [])
      ]
    })
    .with({ verdict: 'ok' }, () =>
      name.startsWith('session:') && !/monotonic-reads|read-your-writes/.test(name)
        ? ['without a guarantee that binds reads this always holds: join monotonic-reads or read-your-writes with +']
        : []
    )
    .with({ verdict: P.union('violation', 'unknown') }, () => [])
    .exhaustive()

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ')

/** The verdict of one judge, and why. */
export const judgementText = (judgement: Judgement, colours: Colours): string => {
  const { name, verdict, seconds } = judgement
  const time = colours.dim(duration(seconds))
  return match(verdict)
    .with({ verdict: 'ok' }, () =>
      [`${colours.green(`✓ ${name}  ok`)}  ${time}`, ...caveats(judgement).map(indented)].join('\n')
    )
    .with({ verdict: 'violation' }, ({ explanation }) =>
      [`${colours.red(`✗ ${name}  violation`)}  ${time}`, indented(explanation)].join('\n')
    )
    .with({ verdict: 'unknown' }, ({ why }) =>
      [`${colours.yellow(`? ${name}  unknown: neither shown nor refuted`)}  ${time}`, indented(why)].join('\n')
    )
    .exhaustive()
}
