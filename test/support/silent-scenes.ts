/**
 * Protocols made by hand in which a step that nobody sees takes something away, or nearly: seen is whether the digit of a state is odd. `a` tells b
 * all there is to tell, in whatever order it is delivered.
 */
import {
  always,
  reply,
  send,
  startTimer,
  step,
  stopTimer,
  type Effect,
  type NodeView
} from '../../spec/kernel/index.ts'
import { between, fifo, unordered, type Model } from '../../src/model/index.ts'
import { answers, type HandMade, type Line } from './hand-made.ts'
import { parityOf } from './random-quiet.ts'
import type { Scene } from './scenes.ts'

export const said = (state: string, ...effects: ReadonlyArray<Effect<HandMade>>): Line => ['go', state, ...effects]

export const telling = (...messages: ReadonlyArray<string>): Line => [
  'start',
  '0',
  ...messages.map((message) => send('b', message))
]

export const quiet: Line = ['start', '0']

export const on = startTimer('on')

/** What goes round unseen, from one state to another and back. */
export const round = (one: string, other: string) => ({
  [`b ${one} on`]: said(other, on),
  [`b ${other} on`]: said(one, on)
})

export const stateOf = (node: NodeView<HandMade> | undefined): string => (node?.up === true ? node.state : 'down')

/** Runs must not end. */
export const endless: Partial<Model<HandMade>> = { mayStop: () => false }

export const silentScenes: ReadonlyArray<Scene> = [
  {
    matters: 'that two unseen votes are seen together',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('4'), 'b 2 m': said('1'), 'b 4 l': said('1') }
    }
  },
  {
    matters: 'what is no longer possible',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('4'), 'b 4 k': said('1') }
    }
  },
  {
    matters: 'what a timeout takes away',
    tables: {
      start: { a: telling('l'), b: ['start', '0', startTimer('on')] },
      steps: { 'b 0 on': said('2'), 'b 0 l': said('1') }
    }
  },
  {
    matters: 'a request that is no longer heard',
    tables: {
      start: { a: telling('l'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 ask': said('1', reply('r', 'A')), 'b 2 ask': said('2', reply('r', 'A')) }
    },
    changed: { requests: [{ name: 'r', request: 'ask', at: ['b'] }] }
  },
  {
    matters: 'a reply that a message brings about',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('0', send('a', 'z')), 'a 0 z': said('1'), 'b 2 m': said('2') }
    }
  },
  {
    matters: 'a round that has no end',
    tables: {
      start: { a: telling('l'), b: ['start', '0', startTimer('on')] },
      steps: { 'b 0 on': said('2', startTimer('on')), 'b 2 on': said('0', startTimer('on')), 'b 0 l': said('1') }
    }
  },
  {
    matters: 'which message is first, where they are in order',
    tables: {
      start: { a: telling('l', 'm'), b: quiet, c: telling('m') },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('4'), 'b 4 l': said('1'), 'b 2 m': said('2') }
    }
  },
  {
    matters: 'that a message may do what another one did',
    tables: {
      start: { a: telling('l'), b: quiet, c: telling('l') },
      steps: { 'b 0 l': said('2'), 'b 2 l': said('4'), 'b 4 l': said('1') }
    }
  },
  {
    matters: 'what is left after a crash',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('1'), 'b 2 m': said('1'), 'b again l': said('1') },
      again: { 'b even': said('again') }
    },
    changed: { faults: { crashes: 1, crashing: ['b'] } }
  },
  {
    matters: 'a step property where a crash cuts a step',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('4', send('a', 'z')), 'b 2 m': said('4', send('a', 'z')) }
    },
    changed: {
      network: unordered(),
      faults: { crashes: 1, crashing: ['b'] },
      properties: [
        step<HandMade>(
          'never',
          ({ event, before, after }) => !(event.type === 'deliver' && stateOf(before) === '0' && !after.up)
        )
      ]
    }
  },
  {
    matters: 'a step property of a crash',
    tables: {
      start: { a: telling('l', 'm'), b: quiet, c: ['start', '0', startTimer('x')] },
      steps: { 'b 0 l': said('2'), 'c 0 x': said('2') }
    },
    changed: {
      faults: { crashes: 1, crashing: ['b'] },
      network: unordered(),
      properties: [step<HandMade>('never', ({ event, before }) => !(event.type === 'crash' && stateOf(before) === '0'))]
    }
  },
  {
    matters: 'what a crash keeps',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 6 m': said('1') },
      again: { 'b 0': said('6'), 'b 2': said('4') },
      durable: (state) => state
    },
    changed: { faults: { crashes: 1, crashing: ['b'] } }
  },
  {
    matters: 'a round that begins where what was known ended',
    tables: {
      start: { a: telling('l', 'm'), b: quiet, c: ['start', '0', startTimer('x')] },
      steps: { 'c 0 x': said('1'), 'b 0 l': said('2', on), 'b 2 on': said('0') }
    },
    changed: endless
  },
  {
    matters: 'a round of timeouts',
    tables: {
      start: { a: telling('l'), b: ['start', '0', on] },
      steps: { 'b 0 on': said('2', startTimer('off')), 'b 2 off': said('0', on), 'b 0 l': said('1') }
    },
    changed: { mayStop: ({ nodes }) => parityOf(nodes[1]!) === 'up odd', network: unordered() }
  },
  {
    matters: 'where a round is left',
    tables: {
      start: { a: telling('l'), b: ['start', '0', on], c: ['start', '0', startTimer('x')] },
      steps: { ...round('0', '2'), 'c 0 x': said('2'), 'b 0 l': said('5'), 'b 2 l': said('7') }
    },
    changed: {
      properties: [always<HandMade>('even', ({ nodes }) => nodes.every((node) => parityOf(node) !== 'up odd'))]
    }
  },
  {
    matters: 'the bound, where silence would lead out of it',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 m': said('4'), 'b 2 m': said('6'), 'b 6 k': said('1'), 'b 4 k': said('1') }
    },
    changed: { network: unordered(), bounds: { node: (node) => stateOf(node) !== '6' } }
  },
  {
    matters: 'that nothing happens outside the bound',
    tables: {
      start: { a: telling('l', 'm'), b: quiet, c: ['start', '0', startTimer('x')] },
      steps: { 'c 0 x': said('1'), 'b 0 l': said('2'), 'b 2 m': ['odd', '4'] }
    },
    changed: { bounds: { node: (node) => stateOf(node) !== '2' } }
  },
  {
    matters: 'a cut that holds a message back',
    tables: { start: { a: telling('l'), b: quiet }, steps: { 'b 0 l': said('2', on), ...round('2', '4') } },
    changed: {
      ...endless,
      network: unordered(),
      faults: { partitions: { times: 1, cuts: [between(['a'], ['b'])], heal: false } }
    }
  },
  {
    matters: 'what was met after the tables were made',
    tables: {
      start: { a: ['start', '0', startTimer('x'), send('c', 'o')], b: quiet, c: quiet },
      steps: {
        'a 0 x': said('2', send('b', 'l'), startTimer('y')),
        'a 2 y': said('4', send('b', 'm')),
        'b 0 m': said('4'),
        'b 4 l': said('6', send('c', 'n')),
        'c 0 o': said('2'),
        'c 0 n': said('1')
      }
    },
    changed: { network: unordered() }
  },
  {
    matters: 'what was read after the tables were made',
    tables: {
      start: { a: ['start', '0', startTimer('x'), startTimer('z'), send('c', 'm')], b: quiet, c: quiet },
      steps: {
        'a 0 x': said('2', send('b', 'l'), startTimer('y'), stopTimer('z')),
        'a 2 y': said('3', send('b', 'm')),
        'a 0 z': said('4', send('b', 'm'), startTimer('w'), stopTimer('x')),
        'a 4 w': said('6', send('b', 'l')),
        'b 0 m': said('4'),
        'b 4 l': said('5'),
        'c 0 m': said('1')
      }
    },
    changed: {
      network: unordered(),
      properties: [
        always<HandMade>('not-all', ({ nodes }) =>
          ['up odd', 'up odd', 'up even'].some((wrong, node) => parityOf(nodes[node]!) !== wrong)
        )
      ]
    }
  },
  {
    matters: 'what an assumption about time reads',
    tables: {
      start: { a: ['start', '0', startTimer('x'), send('b', 'l'), send('b', 'm')], b: quiet },
      steps: { 'b 0 l': said('2'), 'a 0 x': said('1') }
    },
    changed: { timing: { assumes: 'b waits', mayFire: ({ nodes }, { id }) => id !== 'a' || stateOf(nodes[1]) === '0' } }
  },
  {
    matters: 'how deep the search may go',
    tables: { start: { a: telling('l', 'm', 'k'), b: quiet }, steps: { 'b 0 l': said('2'), 'b 2 m': said('1') } },
    changed: { network: unordered(), bounds: { depth: 1 } }
  },
  {
    matters: 'an end that one message more would prevent',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 2 m': said('4', on), ...round('4', '6') }
    },
    changed: { ...endless, network: unordered() }
  },
  {
    matters: 'one message more that stands before others',
    tables: {
      start: { a: telling('l'), b: quiet, c: telling('m', 'k') },
      steps: { 'b 0 l': said('2'), 'b 2 m': said('6'), 'b 2 k': said('1') }
    },
    changed: { network: fifo() }
  },
  {
    matters: 'one message more, known or not, that stands before others',
    tables: {
      start: { a: telling('l'), b: quiet, c: telling('m', 'k') },
      steps: { 'b 0 l': said('2'), 'b 2 m': said('6'), 'b 0 k': said('1'), 'b 2 k': said('1') }
    },
    changed: { network: fifo() }
  },
  {
    matters: 'an end where the other side goes round',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2', on), 'b 0 m': said('4'), ...round('2', '6') }
    },
    changed: endless
  },
  {
    matters: 'an end where a message is still to come on the other side',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: {
        'b 0 l': said('2'),
        'b 0 m': said('8'),
        'b 8 m': said('a', on),
        ...round('a', 'c'),
        'b 2 m': said('4', on),
        ...round('4', '6')
      }
    },
    changed: { ...endless, network: unordered() }
  },
  {
    matters: 'an end where a message that stays would move the other side',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 k': said('4'), 'b 2 m': said('6', on), ...round('6', '8') }
    },
    changed: endless
  },
  {
    matters: 'an end where the other side has something to say',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: {
        'b 0 l': said('2'),
        'b 0 k': said('4'),
        'b 2 m': said('2', send('a', 'z')),
        'a 0 z': said('2', on),
        'a 2 on': said('4', on),
        'a 4 on': said('2', on)
      }
    },
    changed: endless
  },
  {
    matters: 'a request that is not answered by rest',
    tables: {
      start: { a: telling('l', 'm'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 ask': said('4'), 'b 2 ask': said('1') }
    },
    changed: { requests: [{ name: 'r', request: 'ask', at: ['b'] }] }
  },
  {
    matters: 'that silence before an answer is silence',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: {
        'b 0 l': said('2'),
        'b 0 m': said('4'),
        'b 2 m': said('6', reply('r', 'A')),
        'b 4 k': said('1'),
        'b 6 k': said('1')
      }
    },
    changed: { network: unordered(), properties: [answers()] }
  },
  {
    matters: 'the order of messages that are to come',
    tables: {
      start: { a: telling('l'), b: quiet, c: telling('m', 'k') },
      steps: {
        'b 0 l': said('2'),
        'b 0 m': said('4'),
        'b 0 k': said('1'),
        'b 2 k': said('1'),
        'b 4 k': said('1'),
        'b 2 m': said('6'),
        'b 4 m': said('3'),
        'b 6 m': said('3')
      }
    },
    changed: { network: fifo() }
  },
  {
    matters: 'that silence comes to an end, where messages stay',
    tables: {
      start: { a: telling('l', 'k'), b: ['start', '2'], c: ['start', '0', startTimer('x')] },
      steps: { 'c 0 x': said('1'), 'b 2 l': said('4'), 'b 4 l': said('2'), 'b 4 k': said('1') }
    }
  },
  {
    matters: 'that a message is used up by an answer',
    tables: {
      start: { a: telling('l', 'm', 'k', 'o'), b: quiet },
      steps: {
        'b 0 l': said('2'),
        'b 0 m': said('4'),
        'b 4 k': said('4', reply('r', 'A')),
        'b 4 o': said('4', reply('r', 'A')),
        'b 2 m': said('2', reply('r', 'A'))
      }
    },
    changed: { network: unordered(), properties: [answers()] }
  },
  {
    matters: 'a message more on the side that waits',
    tables: {
      start: { a: telling('l', 'k'), b: quiet },
      steps: { 'b 0 l': said('2'), 'b 0 k': said('2'), 'b 2 l': said('1') }
    },
    changed: { network: unordered() }
  }
]
