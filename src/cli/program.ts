/** The command `quorate`: its subcommands, their options and their help. Nothing else is loaded until it is needed. */
import { Command, Option } from 'commander'
import { defaultReductions, reductionNames } from '../checker/report.ts'
import { readBytes, readCount, readParameter, readReductions, readWorkers, type CheckFlags } from './flags.ts'
import {
  formatNames,
  keyAssumptions,
  readInitial,
  readJudgeNames,
  readPictureFile,
  type JudgeFlags
} from './judge-flags.ts'
import type { ReplayFlags } from './commands/replay.ts'
import type { ServeFlags } from './commands/serve.ts'
import type { TraceFlags } from './commands/trace.ts'
import type { ValidateFlags } from './commands/validate.ts'
import { traceForms } from './forms.ts'
import { readPort } from './serve-flags.ts'
import type { Terminal } from './terminal.ts'

/** Options of every command that checks models. */
const withModelOptions = (command: Command): Command =>
  command
    .option(
      '--param <name=value>',
      'give a parameter of the models a value: JSON, or a string; repeatable',
      readParameter
    )
    .option('--only <pattern>', 'only models of this name, with this in their name, or that fit a pattern with `*`')
    .option(
      '--reduce <list>',
      `the reductions to use, with commas between: ${reductionNames.join(', ')}; or none (default: ${defaultReductions.join(',')})`,
      readReductions
    )
    .option('--no-reduce', 'use no reductions: the same as --reduce none')
    .option(
      '--workers <n>',
      'check large models with this many threads (default: what the machine runs at once)',
      readWorkers
    )
    .option('--max-states <n>', 'end a check as incomplete at this many states', readCount)
    .option(
      '--memory <size>',
      'end a check as incomplete at this much memory: 512m, 8g (default: 80 % of the machine)',
      readBytes
    )

const withExamples = (command: Command, examples: ReadonlyArray<readonly [line: string, what: string]>): Command => {
  const width = Math.max(...examples.map(([line]) => line.length))
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`).join('\n')}`
  )
}

/**
 * The program throws commander's errors, and prints only its help and its version.
 *
 * @param done told the exit status of the subcommand that ran
 */
export const programFor = (version: string, terminal: Terminal, done: (status: number) => void): Command => {
  const program = new Command('quorate')
    .description('Check, show and replay protocols written as pure reducers.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })

  withExamples(withModelOptions(program.command('check')), [
    ['quorate check', 'every *.model.ts in and below ./models'],
    ['quorate check models/raft', 'those of one folder'],
    ['quorate check two-phase.model.ts --param participants=5', 'one file, scaled up; shows its counterexample'],
    ['quorate check models --only "*forgotten*" --diagram', 'some of them, with their counterexamples drawn'],
    ['quorate check models --json > verdicts.json', 'for programs'],
    ['quorate check models --trace-dir traces', 'keep the counterexamples, to replay them later']
  ])
    .description('explore models completely, within their bounds, and compare the verdicts with those expected')
    .argument('[paths...]', 'model files, and folders with *.model.ts (default: models)')
    .option('--json', 'print one JSON document, and nothing else, on standard output')
    .option('--trace-dir <dir>', 'write counterexamples into this folder, as NAME.trace.json')
    .option('--text', 'show all counterexamples, as text')
    .addOption(new Option('--diagram', 'show all counterexamples, as sequence diagrams').conflicts('text'))
    .option('--quiet', 'say only what is not as expected, and the last line')
    .addHelpText(
      'after',
      `
Unless --text or --diagram asks for all of them, a counterexample is shown where the verdict is not the one
expected, and of a model that is checked alone. Models of one protocol are covered together: a rule of the
protocol that fired in none of them is named.

Exit status: 0 every verdict is as expected, 1 one is not, 2 the input is wrong, 130 ended by Ctrl-C (the first
ends the check at hand as incomplete and prints what is known, the second ends the program).`
    )
    .action(async (paths: ReadonlyArray<string>, flags: CheckFlags) => {
      const { checkCommand } = await import('./commands/check.ts')
      done(await checkCommand(paths, flags, terminal))
    })

  withExamples(program.command('replay'), [
    ['quorate replay traces/*.json', 'each against the model that it names'],
    ['quorate replay old.trace.json --model raft.model.ts', 'against a model that has moved or changed'],
    [
      'quorate replay n1.000001.recording.jsonl --model raft.model.ts',
      'what a node recorded, by the reducers of a model'
    ]
  ])
    .description('run traces and recordings again, step by step: do they still apply, and still show what they showed')
    .argument('<traces...>', 'traces, and recordings of nodes')
    .option('--model <file>', 'the model file, if not the one that the trace names')
    .addHelpText('after', '\nExit status: 0 all apply and show it, 1 one does not any more, 2 the input is wrong.')
    .action(async (files: ReadonlyArray<string>, flags: ReplayFlags) => {
      const { replayCommand } = await import('./commands/replay.ts')
      done(await replayCommand(files, flags, terminal))
    })

  withExamples(program.command('validate'), [
    ['quorate validate recordings --model raft.model.ts', 'what three nodes recorded, by the properties of a model'],
    ['quorate validate recordings --model raft.model.ts --as linearizable:counter', 'and what their clients saw']
  ])
    .description('judge what a cluster recorded by the properties of its protocol, and what its clients saw')
    .argument('<folder>', 'a folder with files *.recording.jsonl, and perhaps *.history.jsonl')
    .option('--model <file>', 'the model file with the protocol and its properties')
    .option('--only <pattern>', 'the model of this name in it, where it has several of the protocol')
    .option('--as <judges>', 'what to judge the histories as, with commas between them; repeatable', readJudgeNames)
    .option('--every <n>', 'judge the run at every n-th moment alone (default: 1)', readCount)
    .addHelpText(
      'after',
      '\nExit status: 0 all recordings replay and everything holds, 1 one does not, 2 the input is wrong.'
    )
    .action(async (folder: string, flags: ValidateFlags) => {
      const { validateCommand } = await import('./commands/validate.ts')
      done(await validateCommand(folder, flags, terminal))
    })

  withExamples(program.command('serve'), [
    ['quorate serve --dev 3', 'three nodes on this machine, with their data in ./quorate-data'],
    ['quorate serve --id n1 --listen 10.0.0.1:7400 --peers n2=10.0.0.2:7400,n3=10.0.0.3:7400', 'one of three machines'],
    ['quorate serve --config n1.json', 'the same options, by the same names, from a file'],
    ['redis-cli -p 6379 QUORATE ADD-NODE n4 10.0.0.4:7400/6379', 'another node, started with --join'],
    ['redis-cli -p 6379 QUORATE STATUS', 'what a node knows of the cluster']
  ])
    .description('run a node of a replicated key-value store, on Raft, for clients that speak the protocol of Redis')
    .option('--dev <nodes>', 'start a whole cluster on this machine, a process for each node', readCount)
    .option('--id <name>', 'what this node is called')
    .option('--listen <host:port>', 'where other nodes reach it (default: 127.0.0.1:7400)')
    .option('--peers <list>', 'the other nodes, with commas between: id=host:port/clientPort')
    .option('--data <folder>', 'where everything is kept (default: quorate-data)')
    .option('--client-port <port>', 'where clients are served (default: 6379)', readPort)
    .option('--http-port <port>', 'where /metrics and /health are (default: nowhere)', readPort)
    .option('--cluster <name>', 'nodes of another cluster are refused (default: quorate)')
    .option('--join', 'join a cluster that is there already: wait to be added')
    .option('--snapshot-every <entries>', 'take a snapshot after so many entries (default: 8192)', readCount)
    .option('--election <ms>', 'the shortest election timeout; the longest is twice that (default: 1000)', readCount)
    .option('--deadline <ms>', 'how long a command is tried (default: 5000)', readCount)
    .option('--record <folder>', 'record every step, for quorate replay and quorate validate')
    .option('--segment <bytes>', 'the length of a file of the log (default: 16 MiB)', readBytes)
    .option('--max-clients <n>', 'refuse connections beyond (default: 10000)', readCount)
    .option('--client-memory <bytes>', 'what all of them may hold in memory together (default: 256 MiB)', readBytes)
    .addOption(new Option('--log-level <level>', 'what to log').choices(['debug', 'info', 'warn', 'error']))
    .option('--config <file>', 'settings in JSON; options of the command line come before them')
    .addHelpText(
      'after',
      `
The log is written to standard error, as lines of JSON. Ctrl-C or SIGTERM ends a node in good order: another one leads
before it goes.

Exit status: 0 ended in good order, 1 the node failed, 2 it could not be started.`
    )
    .action(async (flags: ServeFlags) => {
      const { serveCommand } = await import('./commands/serve.ts')
      done(await serveCommand(flags, version, terminal))
    })

  withExamples(withModelOptions(program.command('trace')), [
    ['quorate trace traces/lost-vote.trace.json', 'a sequence diagram in the terminal'],
    ['quorate trace traces/lost-vote.trace.json --as mermaid', 'for a document'],
    ['quorate trace two-phase.model.ts --as text', 'check the model, show its counterexample']
  ])
    .description('show a trace, or check a model and show its counterexample')
    .argument('<file>', 'a trace (.json), or model files with one model, or with --only to pick one')
    .addOption(new Option('--as <form>', 'how to show it').choices(traceForms).default('diagram'))
    .option('--width <columns>', 'columns to draw in (default: those of the terminal)', readCount)
    .option('--ascii', 'draw with ASCII characters only')
    .addHelpText('after', '\nExit status: 0 shown, 1 the model has no counterexample, 2 the input is wrong.')
    .action(async (file: string, flags: TraceFlags) => {
      const { traceCommand } = await import('./commands/trace.ts')
      done(await traceCommand(file, flags, terminal))
    })

  withExamples(program.command('judge'), [
    ['quorate judge run.jsonl --as linearizable:register', 'what clients saw of a register'],
    [
      'quorate judge history.edn --as isolation:snapshot --timeline cycle.svg',
      'transactions recorded by Jepsen, with a picture'
    ],
    ['quorate judge run.jsonl --as linearizable:key-value,sequential:key-value', 'by two judges'],
    ['tail -n 2000 run.jsonl | quorate judge - --as causal --json', 'from a pipe, for programs'],
    ['quorate judge --list', 'the judges there are']
  ])
    .description('judge a recorded history: is it linearizable, causal, serializable …')
    .argument('[history]', 'a file with a history, or - for standard input')
    .option('--as <judges>', 'what to judge it as, with commas between them; repeatable', readJudgeNames)
    .option('--list', 'print the judges there are, and nothing else')
    .addOption(
      new Option('--format <format>', 'the format it is in (default: told from its text)').choices(formatNames)
    )
    .option('--initial <value>', 'what a register holds at first: JSON, or a string (default: null)', readInitial)
    .addOption(
      new Option('--keys <assumption>', 'isolation: what each register by itself is known to be').choices(
        keyAssumptions
      )
    )
    .option('--visits <n>', 'end a search for an order as unknown after so many steps (default: 5000000)', readCount)
    .option(
      '--timeline <file>',
      'draw the window around a violation: .svg, or .html with explanations',
      readPictureFile
    )
    .option('--json', 'print one JSON document, and nothing else, on standard output')
    .addHelpText(
      'after',
      '\nExit status: 0 every verdict is ok, 1 one is a violation or unknown, 2 the input is wrong.'
    )
    .action(async (file: string | undefined, flags: JudgeFlags) => {
      const { judgeCommand } = await import('./commands/judge.ts')
      done(judgeCommand(file, flags, terminal))
    })
  return program
}
