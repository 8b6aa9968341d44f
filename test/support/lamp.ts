/** A model in a user's project: a lamp that a timer switches on. */
export const lamp = `
import * as t from 'io-ts'
import { always, fired, startTimer, stay, type Signature } from 'quorate/kernel'
import { asynchronous, model } from 'quorate/model'

type Lamp = Signature<{ state: { readonly lit: boolean }; timer: 'switch'; rule: 'begin' | 'light' | 'recover' }>

export default model<Lamp>({
  name: 'lamp',
  protocol: {
    name: 'lamp',
    wireVersion: 1,
    codecs: { message: t.never, durable: t.null },
    rules: ['begin', 'light', 'recover'],
    timers: ['switch'],
    initial: () => fired('begin', { lit: false }, startTimer('switch')),
    step: () => fired('light', { lit: true }),
    durable: () => null,
    recover: () => stay('recover', { lit: false })
  },
  nodes: { n1: null },
  network: asynchronous(),
  properties: [always('dark', ({ nodes: [node] }) => node?.up === true && !node.state.lit)],
  mayStop: true,
  expect: { violates: 'dark' }
})
`
