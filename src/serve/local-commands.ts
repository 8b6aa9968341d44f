/** Commands that a node answers by itself: those about the connection and the server, which no entry is needed for. */
import { OK, errorOf, type Reply } from './resp/reply.ts'
import { dataCommands, flawOf } from './store/commands.ts'
import { fits } from './store/glob.ts'
import type { Client } from './clients.ts'
import type { Services } from './services.ts'

type Words = ReadonlyArray<string>

interface LocalCommand {
  readonly arity: number
  readonly run: (words: Words, client: Client, services: Services) => Reply
}

const unknownSubcommand = (command: string, given: string): Reply =>
  errorOf(`ERR unknown subcommand '${given}' of '${command}'`)

/** What clients want to know before they begin. There is nothing here to be set. */
const configuration: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  save: '',
  maxmemory: '0',
  databases: '1'
}

const config: LocalCommand['run'] = ([sub = '', ...patterns]) =>
  sub.toUpperCase() === 'GET'
    ? Object.entries(configuration)
        .filter(([name]) => patterns.some((pattern) => fits(pattern.toLowerCase(), name)))
        .flat()
    : errorOf('ERR configuration is given when a node starts: only CONFIG GET is served')

const described = ({ id, address, name, since }: Client): string =>
  `id=${id} addr=${address} name=${name} age=${Math.floor((Date.now() - since) / 1000)}\n`

/** Names are kept, and told to others. */
const flawOfName = (name: string): Reply | null =>
  /^[!-~]{0,256}$/.test(name)
    ? null
    : errorOf('ERR Client names cannot contain spaces, newlines or special characters, and have 256 at most.')

const client: LocalCommand['run'] = ([sub = '', given = ''], self, { clients }) => {
  const subcommand = sub.toUpperCase()
  if (subcommand === 'GETNAME') return self.name
  if (subcommand === 'ID') return self.id
  if (subcommand === 'SETINFO') return OK
  if (subcommand === 'INFO') return described(self)
  if (subcommand === 'LIST') return clients.all().map(described).join('')
  if (subcommand !== 'SETNAME') return unknownSubcommand('client', sub)
  const flaw = flawOfName(given)
  if (flaw === null) self.name = given
  return flaw ?? OK
}

const names = (): ReadonlyArray<string> => [...Object.keys(dataCommands), ...Object.keys(localCommands)]

/** 0 for what is none. */
const arityOf = (name: string): number => {
  if (Object.hasOwn(dataCommands, name)) return dataCommands[name]?.arity ?? 0
  return Object.hasOwn(localCommands, name) ? (localCommands[name]?.arity ?? 0) : 0
}

const others = new Set(['QUIT', 'QUORATE', 'MULTI', 'EXEC', 'DISCARD'])

/** Whether there is a command of this name, in capitals. */
export const isCommand = (name: string): boolean => arityOf(name) !== 0 || others.has(name)

const describedCommand = (name: string): Reply => [name.toLowerCase(), arityOf(name), [], 0, 0, 0]

const command: LocalCommand['run'] = ([sub = '', ...given]) => {
  const subcommand = sub.toUpperCase()
  if (subcommand === '') return names().map(describedCommand)
  if (subcommand === 'COUNT') return names().length
  if (subcommand === 'LIST') return names().map((name) => name.toLowerCase())
  if (subcommand === 'INFO')
    return given.map((name) => (arityOf(name.toUpperCase()) === 0 ? null : describedCommand(name.toUpperCase())))
  return subcommand === 'DOCS' ? [] : unknownSubcommand('command', sub)
}

const hello: LocalCommand['run'] = (words, self, { version, executor }) => {
  const [protocol] = words
  if (protocol !== undefined && protocol !== '2')
    return protocol === '3'
      ? errorOf('NOPROTO this server speaks RESP2: use HELLO 2, or no HELLO at all')
      : errorOf('NOPROTO unsupported protocol version')
  for (let place = 1; place < words.length; place += 2) {
    if (words[place]?.toUpperCase() !== 'SETNAME') return errorOf('ERR only SETNAME is an option of HELLO here')
    const name = words[place + 1] ?? ''
    const flaw = flawOfName(name)
    if (flaw !== null) return flaw
    self.name = name
  }
  const role = executor.leader() === null ? 'unknown' : 'master'
  return [
    'server',
    'quorate',
    'version',
    version,
    'proto',
    2,
    'id',
    self.id,
    'mode',
    'standalone',
    'role',
    role,
    'modules',
    []
  ]
}

const info: LocalCommand['run'] = (sections, _client, services) => {
  const wanted = new Set(sections.map((name) => name.toLowerCase()))
  const isAll = wanted.size === 0 || ['all', 'everything', 'default'].some((name) => wanted.has(name))
  return Object.entries(services.info())
    .filter(([name]) => isAll || wanted.has(name.toLowerCase()))
    .map(([name, fields]) =>
      [`# ${name}`, ...Object.entries(fields).map(([field, value]) => `${field}:${value}`), ''].join('\r\n')
    )
    .join('\r\n')
}

/** By name, in capitals. */
const localCommands: Readonly<Record<string, LocalCommand>> = {
  PING: { arity: -1, run: ([text]) => text ?? { status: 'PONG' } },
  ECHO: { arity: 2, run: ([text = '']) => text },
  SELECT: { arity: 2, run: ([index]) => (index === '0' ? OK : errorOf('ERR DB index is out of range')) },
  CONFIG: { arity: -2, run: config },
  CLIENT: { arity: -2, run: client },
  COMMAND: { arity: -1, run: command },
  HELLO: { arity: -1, run: hello },
  INFO: { arity: -1, run: info },
  TIME: { arity: 1, run: () => [String(Math.floor(Date.now() / 1000)), String((Date.now() % 1000) * 1000)] }
}

/** Answers such a command; null where it is none. */
export const answerHere = (words: Words, self: Client, services: Services): Reply | undefined => {
  const [name = '', ...rest] = words
  const found = Object.hasOwn(localCommands, name) ? localCommands[name] : undefined
  if (found === undefined) return undefined
  const flaw = flawOf(found, words)
  return flaw === null ? found.run(rest, self, services) : errorOf(flaw)
}
