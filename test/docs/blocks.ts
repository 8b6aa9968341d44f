/** What stands in a document: its code blocks, each with the comment above it that says what it is, and what is printed. */

export interface Block {
  /** `<!-- file: ring.model.ts -->` above the block: the key and the value. Null where no such comment stands. */
  readonly mark: { readonly key: string; readonly value: string } | null
  readonly language: string
  readonly text: string
  /** Of the line after the opening fence, from 1. */
  readonly line: number
}

const fenced = /^(?:<!-- (\w+): (\S+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm

export const blocksOf = (document: string): ReadonlyArray<Block> =>
  [...document.matchAll(fenced)].map(({ 0: whole, 1: key, 2: value = '', 3: language = '', 4: text = '', index }) => ({
    mark: key === undefined ? null : { key, value },
    language,
    text,
    line: document.slice(0, index + whole.indexOf('```')).split('\n').length + 1
  }))

export interface Command {
  /** After the `$`. */
  readonly line: string
  readonly output: string
}

/** The commands of a console block, each with what it shows below. */
export const commandsOf = ({ text }: Block): ReadonlyArray<Command> =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = '', ...output] = part.trimEnd().split('\n')
      return { line, output: output.join('\n') }
    })

const printed = /<!-- print: (\w+) -->\n([\s\S]*?)<!-- end -->/g

/** What is printed from the code, by what it is called. */
export const printsOf = (document: string): ReadonlyArray<readonly [name: string, text: string]> =>
  [...document.matchAll(printed)].map(([, name = '', text = '']) => [name, text.trim()])

/** The document with each print made anew. */
export const withPrints = (document: string, print: (name: string) => string): string =>
  document.replaceAll(printed, (_whole, name: string) => `<!-- print: ${name} -->\n${print(name)}\n<!-- end -->`)

/** The document with the text of a block made anew. */
export const withBlock = (document: string, block: Block, text: string): string => {
  const before =
    document
      .split('\n')
      .slice(0, block.line - 1)
      .join('\n').length + 1
  return `${document.slice(0, before)}${text.trimEnd()}\n${document.slice(before + block.text.length)}`
}
