/**
 * Protocols made by hand, each the smallest known in which one condition of a reduction matters. In most of them node `a` decides which of two
 * messages `b` gets, and remembers it, so that whatever is taken for the other shows in what can be reached.
 */
import {
  always,
  reply,
  send,
  startTimer,
  step,
  stopTimer,
  type Effect,
  type NodeView,
  type Property,
  type View
} from '../../spec/kernel/index.ts'
import { between, type Model } from '../../src/model/index.ts'
import { answers, type HandMade, type Line, type Tables } from './hand-made.ts'

export interface Scene {
  /** What is lost without the condition. */
  readonly matters: string
  readonly tables: Tables
  readonly changed?: Partial<Model<HandMade>>
}

type Lines = Readonly<Record<string, Line>>
type Effects = ReadonlyArray<Effect<HandMade>>

const said = (state: string, ...effects: Effects): Line => ['go', state, ...effects]

const decided: Line = ['start', '0', startTimer('x'), startTimer('y')]
const quiet: Line = ['start', '0']

/** `a` sends b this or that, once. */
const either = (one: Effects, other: Effects, more: Lines = {}): Lines => ({
  'a 0 x': said('x', ...one, stopTimer('y')),
  'a 0 y': said('y', ...other, stopTimer('x')),
  ...more
})

const l = send('b', 'l')
const m = send('b', 'm')
const k = send('b', 'k')

const choice = either([l], [m])

/** `a` decides and then, if it is asked to, opens b, who until then ignores what was sent: the first pass takes that for dead. */
const openingAfter = (one: Effects, other: Effects, opens: ReadonlyArray<'x' | 'y'>): Lines => ({
  ...either(
    opens.includes('x') ? [...one, startTimer('then')] : one,
    opens.includes('y') ? [...other, startTimer('then')] : other
  ),
  'a x then': said('x opened', k),
  'a y then': said('y opened', k)
})

/** An assumption that assumes nothing: under any there is no scout, and passes find for themselves what there is. */
const unscouted: Partial<Model<HandMade>> = { timing: { assumes: 'nothing', mayFire: () => true } }

const heard: Lines = { 'a x z': said('x heard'), 'a y z': said('y heard') }

const stateOf = (node: NodeView<HandMade> | undefined): string => (node?.up === true ? node.state : 'down')

const isAt =
  (...states: ReadonlyArray<string>) =>
  ({ nodes }: View<HandMade>): boolean =>
    states.every((state, index) => stateOf(nodes[index]) === state)

const never = (what: string, isCut: boolean): Property<HandMade> =>
  step<HandMade>(
    'never',
    ({ event, after }) => !(event.type === 'deliver' && event.message === what && after.up !== isCut)
  )

export const scenes: ReadonlyArray<Scene> = [
  {
    matters: 'that a step says something, though it changes nothing',
    tables: { start: { a: decided, b: quiet }, steps: { ...choice, ...heard, 'b 0 m': said('0', send('a', 'z')) } }
  },
  {
    matters: 'that a property reads the network',
    tables: { start: { a: decided, b: quiet }, steps: openingAfter([l], [m], ['x', 'y']) },
    changed: { properties: [always<HandMade>('one-in-flight', ({ network }) => network.length < 2)] }
  },
  {
    matters: 'the slot after',
    tables: { start: { a: decided, b: quiet }, steps: { ...choice, 'b 0 l': said('1'), 'b 0 m': said('2') } }
  },
  {
    matters: 'that something is said',
    tables: {
      start: { a: decided, b: quiet },
      steps: { ...choice, ...heard, 'b 0 l': said('1'), 'b 0 m': said('1', send('a', 'z')) }
    }
  },
  {
    matters: 'what is replied',
    tables: {
      start: { a: decided, b: quiet },
      steps: { ...choice, 'b 0 l': said('1', reply('r', 'A')), 'b 0 m': said('1', reply('r', 'B')) }
    },
    changed: { properties: [answers()] }
  },
  {
    matters: 'the place of a reply among messages, where a crash may cut between',
    tables: {
      start: { a: decided, b: quiet },
      steps: {
        ...choice,
        ...heard,
        'b 0 l': said('1', send('a', 'z'), reply('r', 'A')),
        'b 0 m': said('1', reply('r', 'A'), send('a', 'z'))
      }
    },
    changed: { properties: [answers()], faults: { crashesForGood: 1, crashing: ['b'] } }
  },
  {
    matters: 'which message is sent',
    tables: {
      start: { a: decided, b: quiet, c: quiet },
      steps: {
        ...choice,
        'b 0 l': said('1', send('c', 'p')),
        'b 0 m': said('1', send('c', 'q')),
        'c 0 p': said('1'),
        'c 0 q': said('2')
      }
    }
  },
  {
    matters: 'to whom a message is sent',
    tables: {
      start: { a: decided, b: quiet, c: quiet, d: quiet },
      steps: {
        ...choice,
        'b 0 l': said('1', send('c', 'p')),
        'b 0 m': said('1', send('d', 'p')),
        'c 0 p': said('1'),
        'd 0 p': said('1')
      }
    }
  },
  {
    matters: 'what the receiver of the receiver makes of it',
    tables: {
      start: { a: decided, b: quiet, c: quiet, d: quiet },
      steps: {
        ...choice,
        'b 0 l': said('1', send('c', 'p')),
        'b 0 m': said('1', send('c', 'q')),
        'c 0 p': said('1', send('d', 'v')),
        'c 0 q': said('1', send('d', 'w')),
        'd 0 v': said('1'),
        'd 0 w': said('2')
      }
    }
  },
  {
    matters: 'a step property',
    tables: { start: { a: decided, b: quiet }, steps: { ...choice, 'b 0 l': said('1'), 'b 0 m': said('1') } },
    changed: { properties: [never('m', false)] }
  },
  {
    matters: 'a step property of a step that a crash cuts',
    tables: {
      start: { a: decided, b: quiet },
      steps: { ...choice, 'b 0 l': said('1', reply('r', 'A')), 'b 0 m': said('1', reply('r', 'A')) }
    },
    changed: { properties: [answers(), never('m', true)], faults: { crashesForGood: 1, crashing: ['b'] } }
  },
  {
    matters: 'a rule that has not fired yet',
    changed: unscouted,
    tables: {
      start: { a: decided, b: quiet },
      steps: {
        ...openingAfter([l], [m], ['x', 'y']),
        'b 0 k': said('1', startTimer('late')),
        'b 1 late': said('2'),
        'b 1 l': ['go', '2', stopTimer('late')],
        'b 1 m': ['odd', '2', stopTimer('late')]
      }
    }
  },
  {
    matters: 'a later slot',
    tables: {
      start: { a: decided, b: ['start', '0', startTimer('on')] },
      steps: { ...choice, 'b 0 on': said('1'), 'b 1 l': said('2'), 'b 1 m': said('3') }
    }
  },
  {
    matters: 'another slot of the component',
    tables: {
      start: { a: decided, b: ['start', '0', startTimer('on')] },
      steps: {
        ...choice,
        'b 0 on': said('1', startTimer('on')),
        'b 1 on': said('0', startTimer('on')),
        'b 0 l': said('1', startTimer('on')),
        'b 0 m': said('1', startTimer('on')),
        'b 1 l': said('2'),
        'b 1 m': said('3')
      }
    }
  },
  {
    matters: 'a slot after a crash and a restart',
    tables: {
      start: { a: decided, b: quiet },
      steps: { ...choice, 'b again l': said('1'), 'b again m': said('2') },
      again: { 'b ': said('again') }
    },
    changed: { faults: { crashes: 1, crashing: ['b'] } }
  },
  {
    matters: 'the sender, where a partition may cut it off',
    tables: {
      start: { a: decided, b: quiet, c: quiet },
      steps: { ...either([l], [send('c', 'tell')]), 'c 0 tell': said('1', l), 'b 0 l': said('1') }
    },
    changed: {
      faults: { partitions: { times: 1, cuts: [between(['a'], ['b', 'c'])], heal: false } },
      mayStop: (view) => !isAt('y', '0', '1')(view)
    }
  },
  {
    matters: 'the sender, where an assumption about time sees the partition',
    tables: {
      start: { a: decided, b: ['start', '0', startTimer('alone')], c: quiet },
      steps: {
        ...either([l], [send('c', 'tell')]),
        'c 0 tell': said('1', l),
        'b 0 alone': said('cut off'),
        'b cut off l': said('1')
      }
    },
    changed: {
      faults: { partitions: { times: 1, cuts: [between(['a'], ['b', 'c'])], heal: false } },
      timing: { assumes: 'b is slow', mayFire: ({ severed }, { id }) => id !== 'b' || severed.length > 0 }
    }
  },
  {
    matters: 'that messages are counted',
    tables: {
      start: { a: decided, b: quiet },
      steps: {
        ...either([l, m], [l]),
        'b 0 l': said('1'),
        'b 0 m': said('1'),
        'b 1 l': said('2'),
        'b 1 m': said('2')
      }
    }
  },
  {
    matters: 'that a pass ends which met something new and had merged',
    changed: unscouted,
    tables: {
      start: { a: decided, b: quiet },
      steps: {
        ...openingAfter([m], [l, send('b', 'late')], ['x', 'y']),
        'b 0 k': said('1', startTimer('on')),
        'b 1 on': said('2', startTimer('on')),
        'b 2 on': said('3'),
        'b 2 l': said('3', stopTimer('on')),
        'b 2 m': said('3', stopTimer('on')),
        'b 1 late': said('4'),
        'b 4 l': said('5'),
        'b 4 m': ['odd', '6']
      }
    }
  },
  {
    matters: 'that a step which cannot happen is like nothing',
    changed: unscouted,
    tables: {
      start: { a: decided, b: quiet },
      steps: { ...openingAfter([m], [l], ['y']), 'b 0 k': said('1'), 'b 1 l': said('2') },
      refuses: ['b 1 m']
    }
  },
  {
    matters: 'that no table knows what a step sends',
    changed: unscouted,
    tables: {
      start: { a: decided, b: quiet, c: quiet },
      steps: {
        ...openingAfter([m], [l], ['y']),
        'b 0 k': said('1', startTimer('on')),
        'b 1 on': said('2'),
        'b 1 l': said('2', send('c', 'p'), stopTimer('on')),
        'b 1 m': said('2', send('c', 'q'), stopTimer('on')),
        'c 0 p': said('1'),
        'c 0 q': said('2')
      }
    }
  },
  {
    matters: 'a crash in the middle of a step that leads out of the bound',
    tables: {
      start: { a: decided, b: quiet },
      steps: {
        ...either([l], [m]),
        'a x then': said('x'),
        'b 0 k': said('out', reply('r', 'A')),
        'b back l': said('1')
      },
      again: { 'b out': said('back') },
      durable: (state) => (state === 'out' ? 'out' : '')
    },
    changed: {
      properties: [answers()],
      faults: { crashes: 1, crashing: ['b'] },
      bounds: { node: (node) => stateOf(node) !== 'out' },
      requests: [{ name: 'r', request: 'k', at: ['b'] }]
    }
  }
]
