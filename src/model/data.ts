/** Plain data and its one canonical form: what is equal in structure is equal text, whatever the order of keys. */

const { isArray } = Array
const { getPrototypeOf, keys, isFrozen, freeze, values } = Object
const { isFinite } = Number
const { stringify } = JSON
const plainPrototype = Object.prototype

/** A value that is not plain data, with the path to it. */
export class NotData extends Error {
  readonly path: ReadonlyArray<string>
  constructor(found: string, path: ReadonlyArray<string>) {
    super(`${path.length === 0 ? 'the value' : path.join('.')} is ${found}`)
    this.path = path
  }
}

// Inside jest, an object may come from another realm: its prototype is that realm's Object.prototype.
const isPlainRecord = (value: object): boolean => {
  const prototype: unknown = getPrototypeOf(value)
  return prototype === plainPrototype || prototype === null || getPrototypeOf(prototype) === null
}

const write = (value: unknown, path: ReadonlyArray<string>): string => {
  switch (typeof value) {
    case 'string':
      return stringify(value)
    case 'number':
      if (!isFinite(value)) throw new NotData(String(value), path)
      return value === 0 ? '0' : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (isArray(value)) return `[${value.map((item, index) => write(item, [...path, String(index)])).join(',')}]`
      if (!isPlainRecord(value)) throw new NotData(`an instance of ${value.constructor.name}`, path)
      return `{${keys(value)
        .toSorted()
        .map((key) => `${stringify(key)}:${write((value as Record<string, unknown>)[key], [...path, key])}`)
        .join(',')}}`
    default:
      throw new NotData(typeof value === 'undefined' ? 'undefined (use null)' : `a ${typeof value}`, path)
  }
}

/**
 * The canonical text of a value: JSON with sorted keys. Two values are the same data exactly when their texts are equal.
 *
 * @throws NotData for undefined, NaN, infinities, functions, symbols, bigints and instances of classes
 */
export const canonical = (value: unknown): string => write(value, [])

/** Freezes a value and all that it holds. Returns the value. */
export const deepFreeze = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !isFrozen(value)) {
    freeze(value)
    values(value).forEach(deepFreeze)
  }
  return value
}
