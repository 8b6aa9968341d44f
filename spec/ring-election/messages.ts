/** What a node says to its neighbour on the ring: nobody hears anybody else. [CR79] */
import * as t from 'io-ts'
import { closed, Natural } from '../kernel/index.ts'

/** The node with this number stands for election. */
export const Candidacy = closed('Candidacy', { type: t.literal('candidacy'), number: Natural })

/** The node with this number is elected. */
export const Elected = closed('Elected', { type: t.literal('elected'), number: Natural })

export const Message = t.union([Candidacy, Elected])
export type Message = t.TypeOf<typeof Message>
