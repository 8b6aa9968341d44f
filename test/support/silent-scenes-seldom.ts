/** More protocols made by hand in which a step that nobody sees takes something away: those that random ones seldom come near. */
import { always, reply, send, startTimer, step, stopTimer } from '../../spec/kernel/index.ts'
import { unordered } from '../../src/model/index.ts'
import { answers, type HandMade } from './hand-made.ts'
import { parityOf } from './random-quiet.ts'
import type { Scene } from './scenes.ts'
import { endless, on, quiet, round, said, stateOf, telling } from './silent-scenes.ts'

const off = startTimer('off')
const beat = startTimer('beat')

export const seldomScenes: ReadonlyArray<Scene> = [
  {
    matters: 'that nothing is silent outside the bound',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet, c: ['start', '0', startTimer('x')] },
      steps: { 'c 0 x': said('1'), 'b 0 l': said('2'), 'b 0 k': said('4'), 'b 2 m': ['odd', '4'] }
    },
    changed: { bounds: { node: (node) => !['2', '4'].includes(stateOf(node)) } }
  },
  {
    matters: 'that silence before an answer does not lead out of the bound',
    tables: {
      start: { a: telling('l', 'm', 'k'), b: quiet },
      steps: {
        'b 0 l': said('2'),
        'b 0 m': said('4'),
        'b 2 m': said('5'),
        'b 4 k': said('4', reply('r', 'A')),
        'b 5 k': said('4', reply('r', 'A'))
      }
    },
    changed: {
      network: unordered(),
      bounds: { node: (node) => parityOf(node) !== 'up odd' },
      properties: [answers()]
    }
  },
  {
    matters: 'a round of timeouts, half of which takes something away',
    tables: {
      start: { a: ['start', '0', startTimer('x'), startTimer('y')], b: ['start', '0', on] },
      steps: {
        'a 0 x': said('2', send('b', 'l'), stopTimer('y')),
        'a 0 y': said('2', stopTimer('x')),
        'b 0 on': said('2', off),
        'b 2 off': said('0', on),
        'b 2 l': said('4'),
        'b 4 off': said('6', off),
        'b 6 off': said('4', off),
        'b 0 l': said('1', stopTimer('on'), beat),
        'b 4 l': said('1', stopTimer('off'), beat),
        'b 6 l': said('1', stopTimer('off'), beat),
        'b 1 beat': said('3', beat),
        'b 3 beat': said('1', beat)
      }
    },
    changed: { ...endless, network: unordered() }
  },
  {
    matters: 'where a round is left, when all of it is known',
    tables: {
      start: { a: telling('l'), b: ['start', '0', on], c: ['start', '0', startTimer('x')] },
      steps: {
        ...round('0', '2'),
        'b 0 l': said('5'),
        'b 2 l': said('7'),
        'c 0 x': said('2', startTimer('y')),
        'c 2 y': said('4', startTimer('z')),
        'c 4 z': said('1')
      }
    },
    changed: {
      properties: [
        always<HandMade>(
          'not-these',
          ({ nodes }) => parityOf(nodes[1]!) !== 'up odd' || parityOf(nodes[2]!) !== 'up odd'
        )
      ]
    }
  },
  {
    matters: 'that a message may come twice',
    tables: {
      start: { a: telling('l'), b: quiet, c: ['start', '0', startTimer('x')] },
      steps: { 'b 0 l': said('2'), 'b 2 l': said('1'), 'c 0 x': said('2') }
    },
    changed: { network: unordered({ duplicate: 1 }) }
  },
  {
    matters: 'a crash that was never met',
    tables: {
      start: { a: telling('l'), b: ['start', '2', on] },
      steps: {
        'b 2 on': said('4', on),
        'b 4 on': said('6', on),
        'b 6 on': said('8', on),
        'b 8 on': said('0'),
        'b 0 l': said('2'),
        ...Object.fromEntries(['2', '4', '6', '8'].map((state) => [`b ${state} l`, said('c')]))
      },
      again: { 'b 2': said('0'), 'b 4': said('4'), 'b 6': said('6'), 'b 8': said('8'), 'b 0': said('a') },
      durable: (state) => state
    },
    changed: {
      network: unordered(),
      faults: { crashes: 1, crashing: ['b'] },
      properties: [step<HandMade>('never', ({ event, after }) => !(event.type === 'restart' && stateOf(after) === 'a'))]
    }
  },
  {
    matters: 'that silence before an answer comes to an end, where messages stay',
    tables: {
      start: { a: telling('m', 'k', 'o'), b: ['start', '2'] },
      steps: {
        'b 2 m': said('4'),
        'b 4 m': said('6'),
        'b 6 m': said('2'),
        'b 2 k': said('2', reply('r', 'A')),
        'b 6 k': said('2', reply('r', 'A')),
        'b 4 o': said('1')
      }
    },
    changed: { properties: [answers()] }
  }
]
