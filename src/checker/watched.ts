/** A model whose functions are counted, and watched: what runs is said before it runs, in case it never returns. */
import type { AnySignature, Property, Self } from '../../spec/kernel/index.ts'
import type { Model } from '../model/model.ts'

type P = AnySignature
type AnyFunction = (...given: any) => any

/** Told what of the user's begins to run, and that it ended. */
export interface Watch {
  readonly begin: (what: string) => void
  readonly end: () => void
}

const watching = <F extends AnyFunction>(run: F, watch: Watch | null, say: (...given: Parameters<F>) => string): F =>
  watch === null
    ? run
    : (((...given: Parameters<F>) => {
        watch.begin(say(...given))
        try {
          return run(...(given as ReadonlyArray<unknown>)) as unknown
        } finally {
          watch.end()
        }
      }) as F)

const watchedProperty = (property: Property<P>, watch: Watch | null): Property<P> => ({
  ...property,
  holds: watching(property.holds as AnyFunction, watch, () => `property ${property.name}`),
  ...(property.kind === 'history'
    ? { next: watching(property.next as AnyFunction, watch, () => `property ${property.name}`) }
    : {})
})

const at = ({ id }: Self<P>, event: unknown): string => `node ${id}, event ${JSON.stringify(event)}`

/** @param count called before each call of a reducer */
export const watched = (model: Model, count: () => void, watch: Watch | null): Model => {
  const { protocol, bounds, mayStop, timing, machine } = model
  const reducer = <F extends AnyFunction>(run: F, say: (...given: Parameters<F>) => string): F =>
    watching(
      ((...given: Parameters<F>) => {
        count()
        return run(...(given as ReadonlyArray<unknown>)) as unknown
      }) as F,
      watch,
      say
    )
  return {
    ...model,
    protocol: {
      ...protocol,
      initial: reducer(protocol.initial, (self) => at(self, { type: 'start' })),
      step: reducer(protocol.step, (self, _state, event) => at(self, event)),
      recover: reducer(protocol.recover, (self) => at(self, { type: 'restart' }))
    },
    properties: model.properties.map((property) => watchedProperty(property, watch)),
    ...(bounds?.node === undefined
      ? {}
      : { bounds: { ...bounds, node: watching(bounds.node, watch, () => 'the bound of a node') } }),
    ...(typeof mayStop === 'function' ? { mayStop: watching(mayStop, watch, () => '`mayStop`') } : {}),
    ...(timing === undefined
      ? {}
      : { timing: { ...timing, mayFire: watching(timing.mayFire, watch, () => '`mayFire`') } }),
    ...(machine === undefined
      ? {}
      : { machine: { ...machine, apply: watching(machine.apply, watch, () => 'the machine') } })
  }
}
