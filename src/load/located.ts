/**
 * A model whose functions, when they throw, say where. The checker turns what a reducer throws into a message; only
 * here is it known which line of which file of the user's that was.
 */
import type { Model } from '../model/model.ts'
import type { Locate } from './stack.ts'

type AnyFunction = (...values: any) => any

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The error keeps its class: the checker has its own, which may pass through a property of the user's. */
const locating =
  (run: AnyFunction, owner: unknown, locate: Locate): AnyFunction =>
  (...values) => {
    try {
      return Reflect.apply(run, owner, values)
    } catch (error) {
      const place = locate(error)
      if (place !== null && error instanceof Error) error.message = `${error.message}, at ${place}`
      throw error
    }
  }

/** The record with those of its fields that are functions made to say where they throw. */
const withPlaces = <A>(owner: A, locate: Locate): A =>
  isRecord(owner)
    ? (Object.fromEntries(
        Object.entries(owner).map(([name, field]) => [
          name,
          typeof field === 'function' ? locating(field as AnyFunction, owner, locate) : field
        ])
      ) as A)
    : owner

// The model was not validated yet: any field may be missing or of another type than declared.
export const located = (model: Model<any>, locate: Locate): Model<any> => ({
  ...withPlaces(model, locate),
  protocol: withPlaces(model.protocol, locate),
  ...(isRecord(model.bounds) ? { bounds: withPlaces(model.bounds, locate) } : {}),
  ...(isRecord(model.machine) ? { machine: withPlaces(model.machine, locate) } : {}),
  properties: Array.isArray(model.properties)
    ? model.properties.map((property) => withPlaces(property, locate))
    : model.properties
})
