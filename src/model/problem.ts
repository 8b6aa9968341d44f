/**
 * What can be wrong with what a user gave us: one table of stable codes, printed into docs/ERRORS.md.
 *
 * A problem is a value and travels as the left of an Either. Inside the checker, where a reducer may turn out wrong
 * ten calls deep, it is thrown as a {@link Refusal} and caught once at the border. Anything else that is thrown is our bug.
 */
import { either } from 'fp-ts'

interface CodeEntry {
  /** What the code stands for. */
  readonly title: string
  /** What to do about it. */
  readonly mend: string
}

export const codes = {
  Q101: { title: 'a model has no nodes', mend: 'give `nodes` at least one entry' },
  Q102: { title: 'a name is empty or malformed', mend: 'use a name that is not empty and has no spaces' },
  Q103: {
    title: 'an unknown node is named',
    mend: 'name a node that stands in `nodes`; in `symmetric`, also a value that a request has'
  },
  Q104: { title: 'a number is out of range', mend: 'use a whole number in the range that is named' },
  Q105: { title: 'a name is used twice', mend: 'give each its own name' },
  Q106: { title: 'the expectation names an unknown property', mend: 'name a property that the model lists' },
  Q107: { title: 'a value has the wrong shape', mend: 'compare it with the interface Model in docs and in the types' },
  Q108: { title: 'a request does not decode', mend: 'make it fit the request codec of the protocol' },
  Q109: { title: 'a name stands twice in the symmetric groups', mend: 'put each name in at most one group, once' },
  Q110: {
    title: 'what is declared symmetric is not',
    mend: 'take the names out of `symmetric`, or treat them alike: no order of names, no special one'
  },
  Q201: { title: 'a reducer threw', mend: 'reducers are total: answer every event with a step' },
  Q202: { title: 'a reducer changed its input', mend: 'states are frozen: build new data instead of assigning' },
  Q203: { title: 'a reducer is not deterministic', mend: 'same self, state and event must give the same step' },
  Q204: { title: 'a step has the wrong shape', mend: 'return { rule, state, effects }, as `fired` and `stay` do' },
  Q205: { title: 'a rule is not declared', mend: 'add it to the `rules` of the protocol' },
  Q206: { title: 'a timer is not declared', mend: 'add it to the `timers` of the protocol' },
  Q207: { title: 'a message is sent to a node that is not there', mend: 'send to nodes in `self.nodes`' },
  Q208: { title: 'a value does not fit its codec', mend: 'fix the value, or the codec in `codecs`' },
  Q209: { title: 'a value is not plain data', mend: 'use null, booleans, finite numbers, strings, arrays and records' },
  Q210: { title: 'a property or bound threw', mend: 'a predicate must answer true or false for every view' },
  Q211: { title: 'the machine of the model threw', mend: 'the machine must take every entry in every content' },
  Q212: {
    title: "a call of the model's own code does not return",
    mend: 'look for a loop that never ends in what is named'
  },
  Q213: {
    title: 'a thread that checks died',
    mend: 'bound the model more tightly, or give Node more memory: NODE_OPTIONS=--max-old-space-size=8192'
  },
  Q301: { title: 'a file or folder is not there', mend: 'check the path' },
  Q302: { title: 'no model file was found', mend: 'model files end in `.model.ts`' },
  Q303: { title: 'a model file cannot be loaded', mend: 'fix the error that is quoted' },
  Q304: { title: 'a model file exports no model', mend: 'export a `model(...)` or a `parametric(...)`' },
  Q305: { title: 'a parameter does not decode', mend: 'give a value of the type that is named' },
  Q306: { title: 'no model has this parameter', mend: 'use one of the parameters that are named' },
  Q307: { title: 'two models have the same name', mend: 'give each model its own name' },
  Q308: {
    title: 'a model cannot be built from its parameters',
    mend: 'make `build` answer with a model for all of them'
  },
  Q309: { title: 'no model has such a name', mend: 'use a name, a part of one, or a pattern with `*`' },
  Q401: { title: 'a trace is not JSON', mend: 'use a file written by quorate' },
  Q402: { title: 'a trace does not decode', mend: 'use a file written by this version of quorate' },
  Q403: { title: 'a trace does not fit the model', mend: 'replay it against the model that it names' },
  Q404: {
    title: 'a trace does not apply',
    mend: 'the protocol changed at this step: look there, or record a new trace'
  },
  Q501: { title: 'the command line is wrong', mend: 'see `quorate --help`' },
  Q502: { title: 'a file cannot be written', mend: 'check the path and its permissions' },
  Q503: { title: 'there are several models', mend: 'pick one with --only' },
  Q601: { title: 'a completion has no invocation', mend: 'record every invocation before its completion' },
  Q602: { title: 'a process has two calls open', mend: 'one call at a time per process; after `info`, a new process' },
  Q603: { title: 'the indices of a history do not ascend', mend: 'number the records in the order of observation' },
  Q604: { title: 'a line of a history does not parse', mend: 'fix the line, or name the format it is written in' },
  Q605: { title: 'a record of a history does not decode', mend: 'compare it with the format that is named' },
  Q606: { title: 'a completion contradicts its invocation', mend: 'pair completions with invocations by process' },
  Q607: { title: 'an operation does not fit the specification', mend: 'judge it by a specification that has it' },
  Q608: { title: 'a sequential specification is wrong', mend: '`apply` is total and pure; `readOnly` means it' },
  Q650: {
    title: 'a transaction is malformed',
    mend: "give a list of ['append', key, value], ['w', key, value] and ['r', key, what was read]"
  },
  Q651: { title: 'a history mixes lists and registers', mend: 'judge the transactions of each workload by themselves' },
  Q652: { title: 'a value is written twice to one key', mend: 'let every write of a key write a value of its own' },
  Q653: { title: 'an isolation level is unknown', mend: 'use one of the levels that are named' },
  Q701: { title: 'a host is not set up right', mend: 'give it a node of its cluster, and a duration for every timer' },
  Q702: {
    title: 'the storage of a node failed',
    mend: 'look at the disk; started again, the node recovers from what it keeps'
  },
  Q703: {
    title: 'what a node has stored does not decode',
    mend: 'start it with the protocol that wrote it, or with an empty disk as a new node'
  },
  Q704: { title: 'the application of a node threw', mend: 'the machine must take every entry, in every content' },
  Q705: { title: 'the network of a node cannot be opened', mend: 'check address, port and certificates' },
  Q706: { title: 'a request id is in use', mend: 'give each request an id of its own' },
  Q721: { title: 'a recording does not decode', mend: 'use a file written by this version of quorate' },
  Q722: { title: 'a recording is not of this protocol', mend: 'name a model of the protocol that it was recorded of' },
  Q723: {
    title: 'a recording does not replay',
    mend: 'the protocol changed, or its reducer is not pure: look at the step that is named'
  },
  Q801: { title: 'a storage folder is in use', mend: 'stop the process that is named, or use another folder' },
  Q802: {
    title: 'a log is damaged before its end',
    mend: 'take the node out of the cluster and let a new one join: what it acknowledged is lost here'
  },
  Q803: { title: 'a checkpoint is damaged', mend: 'as for a damaged log' },
  Q804: { title: 'a storage has another format', mend: 'open it with the version of quorate that wrote it' },
  Q805: { title: 'a file of a log is missing', mend: 'put it back; if it is lost, as for a damaged log' },
  Q806: { title: 'a commit is too large', mend: 'raise `commitBytes`, or keep less in one step' },
  Q807: { title: 'a disk failed', mend: 'see what the operating system says; restart the node when the disk is well' },
  Q808: { title: 'lmdb is not installed', mend: 'install the package `lmdb`, or use the write-ahead log' },
  Q951: { title: 'the options of a transport are wrong', mend: 'compare them with docs/TRANSPORT.md' },
  Q952: { title: 'a transport cannot listen', mend: 'free the address, or listen on another' },
  Q953: { title: 'a frame is damaged, or is none', mend: 'see what connects to this port, and what lies between' },
  Q954: {
    title: 'a peer is refused',
    mend: 'give all nodes the same cluster and protocol, versions that overlap, and the certificate of their name'
  },
  Q955: { title: 'a message of a peer does not decode', mend: 'raise the wire version when messages change' },
  Q956: { title: 'a connection takes too long, or is one too many', mend: 'see what connects to this port' },
  Q957: { title: 'a certificate cannot be used', mend: 'give key, certificate and authorities in PEM, that fit' }
} as const satisfies Readonly<Record<string, CodeEntry>>

export type Code = keyof typeof codes

/** Something the user can mend. */
export interface Problem {
  readonly code: Code
  /** What happened, in one sentence, without a full stop. */
  readonly what: string
  /** Where: model, node, event, rule, file, line; outermost first. */
  readonly where: ReadonlyArray<string>
}

export const problem = (code: Code, what: string, where: ReadonlyArray<string> = []): Problem => ({ code, what, where })

/** One readable message: code, place, what happened, and the mend. */
export const explain = ({ code, what, where }: Problem): string =>
  [`${code} ${what}`, ...where.map((place) => `  in ${place}`), `  mend: ${codes[code].mend}`].join('\n')

/** A problem on its way out of the depths of a run. Caught at the border, never shown. */
export class Refusal extends Error {
  readonly problem: Problem
  constructor(found: Problem) {
    super(explain(found))
    this.problem = found
  }
}

export const refuse = (code: Code, what: string, where: ReadonlyArray<string> = []): never => {
  throw new Refusal(problem(code, what, where))
}

/** Turns a refusal that comes up from the depths of a run into a left. */
export const atBorder = <A>(run: () => either.Either<Problem, A>): either.Either<Problem, A> => {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) return either.left(error.problem)
    throw error
  }
}
