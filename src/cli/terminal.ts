/** Where the command writes: the only place in this folder that knows of `process.stdout` and `process.stderr`. */
import { createColors } from 'picocolors'

export type Colours = ReturnType<typeof createColors>

export interface Terminal {
  /** Writes lines to standard output, below any progress line. */
  readonly print: (text: string) => void
  /** Writes lines to standard error. */
  readonly complain: (text: string) => void
  /** Shows a line on standard error in place of the one before; an empty text takes it away. Only on a terminal. */
  readonly progress: (line: string) => void
  /** Columns of standard output; infinite where nobody has said. */
  readonly width: number
  readonly colours: Colours
  /** Colours of standard error. */
  readonly errorColours: Colours
}

const widthOf = (stream: NodeJS.WriteStream): number => {
  const said = Number(process.env['COLUMNS'])
  return Number.isSafeInteger(said) && said > 0 ? said : (stream.columns ?? Infinity)
}

/** https://no-color.org: colours on a terminal, unless NO_COLOR is set to anything; FORCE_COLOR asks for them anyway. */
const isColoured = (stream: NodeJS.WriteStream): boolean => {
  const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: term } = process.env
  return no === '' && ((force !== '' && force !== '0') || (stream.isTTY && term !== 'dumb'))
}

const eraseLine = '\r\u001B[2K'

/** The status that shells give a program that wrote to a pipe nobody reads any more: 128 + 13. */
export const brokenPipe = 141

/** `quorate check | head`: the reader has seen enough, which is no reason for a message. */
const onError = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(brokenPipe)
}

export const openTerminal = (): Terminal => {
  const { stdout, stderr } = process
  stdout.on('error', onError)
  stderr.on('error', onError)

  let isShown = false
  const progress = (line: string) => {
    if (!stderr.isTTY || (line === '' && !isShown)) return
    // The last column stays free: writing there may wrap the line, and then it cannot be erased.
    stderr.write(eraseLine + line.slice(0, Math.max(0, widthOf(stderr) - 1)))
    isShown = line !== ''
  }
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    progress('')
    stream.write(`${text}\n`)
  }
  return {
    print: write(stdout),
    complain: write(stderr),
    progress,
    width: widthOf(stdout),
    colours: createColors(isColoured(stdout)),
    errorColours: createColors(isColoured(stderr))
  }
}
