/** What servers say to each other. A lease as in [GC89]; every server grants, and a majority of grants is leadership. */
import * as t from 'io-ts'
import { closed, Positive } from '../kernel/index.ts'

/** Grant me leadership until the clocks show `until`. */
export const Bid = closed('Bid', { type: t.literal('bid'), until: Positive })

/** Granted: until my clock shows `until`, nobody else will have my grant. */
export const Grant = closed('Grant', { type: t.literal('grant'), until: Positive })

export const Message = t.union([Bid, Grant])
export type Message = t.TypeOf<typeof Message>

/** A client asks a server whether it leads. */
export const Request = closed('Request', { type: t.literal('do-you-lead') })
export type Request = t.TypeOf<typeof Request>

/** True: it led at that moment, and nobody else did. */
export const Response = closed('Response', { type: t.literal('leading'), leads: t.boolean })
export type Response = t.TypeOf<typeof Response>
