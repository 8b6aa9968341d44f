/**
 * Protocols made by hand in which a step that nobody sees takes something away, or nearly: seen is whether the digit of a state is odd. `a` tells b
 * all there is to tell, in whatever order it is delivered.
 */
import { reply, send, startTimer, type Effect } from '../../spec/kernel/index.ts'
import type { HandMade, Line } from './hand-made.ts'
import type { Scene } from './scenes.ts'

const said = (state: string, ...effects: ReadonlyArray<Effect<HandMade>>): Line => ['go', state, ...effects]

const telling = (...messages: ReadonlyArray<string>): Line => [
  'start',
  '0',
  ...messages.map((message) => send('b', message))
]

const quiet: Line = ['start', '0']

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
  }
]
