/** Plain data and its one canonical form: what is equal in structure is equal text, whatever the order of keys. */

const { isArray } = Array
const { getPrototypeOf, keys, isFrozen, freeze, values } = Object
const { isFinite } = Number
const { stringify } = JSON
const plainPrototype = Object.prototype

/** A value that is not plain data, with the path to it. */
export class NotData extends Error {
  readonly found: string
  readonly path: ReadonlyArray<string>
  constructor(found: string, path: ReadonlyArray<string>) {
    super(`${path.length === 0 ? 'the value' : path.join('.')} is ${found}`)
    this.found = found
    this.path = path
  }
}

type Fields = Readonly<Record<string, unknown>>

// Inside jest, an object may come from another realm: its prototype is that realm's Object.prototype.
const isPlainRecord = (value: object): boolean => {
  const prototype: unknown = getPrototypeOf(value)
  return prototype === plainPrototype || prototype === null || getPrototypeOf(prototype) === null
}

/** What keeps a value from being plain data, its own parts aside; null for nothing. */
const flawOf = (value: unknown): string | null => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null
    case 'number':
      return isFinite(value) ? null : String(value)
    case 'object':
      if (value === null || isArray(value) || isPlainRecord(value)) return null
      return `an instance of ${value.constructor.name}`
    case 'undefined':
      return 'undefined (use null)'
    default:
      return `a ${typeof value}`
  }
}

/** What keeps a value from being plain data, itself or a part of it; null where it is. */
export const notData = (value: unknown): NotData | null => {
  const own = flawOf(value)
  if (own !== null) return new NotData(own, [])
  if (typeof value !== 'object' || value === null) return null
  for (const key of isArray(value) ? value.keys() : keys(value)) {
    const inner = notData((value as Fields)[key])
    if (inner !== null) return new NotData(inner.found, [String(key), ...inner.path])
  }
  return null
}

const flawed = Symbol('flawed')

// Called for every new state and message: builds nothing but the text.
const write = (value: unknown): string => {
  if (typeof value === 'string') return stringify(value)
  if (flawOf(value) !== null) throw flawed
  if (typeof value !== 'object' || value === null) return String(value)
  let text = ''
  if (isArray(value)) {
    for (let index = 0; index < value.length; index++) text += (index === 0 ? '' : ',') + write(value[index])
    return `[${text}]`
  }
  // oxlint-disable-next-line unicorn/no-array-sort -- the list of keys is our own, and a copy would cost
  for (const key of keys(value).sort())
    text += `${text === '' ? '' : ','}${stringify(key)}:${write((value as Fields)[key])}`
  return `{${text}}`
}

/**
 * The canonical text of a value: JSON with sorted keys. Two values are the same data exactly when their texts are equal.
 *
 * @throws NotData for undefined, NaN, infinities, functions, symbols, bigints and instances of classes
 */
export const canonical = (value: unknown): string => {
  try {
    return write(value)
  } catch (error) {
    if (error === flawed) throw notData(value) ?? new Error('a flaw that cannot be found again')
    throw error
  }
}

/** Whether two values of plain data are equal: the same as comparing their canonical texts, and quicker. */
export const sameData = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (isArray(one) !== isArray(other)) return false
  const own = keys(one)
  return (
    own.length === keys(other).length &&
    own.every((key) => key in other && sameData((one as Fields)[key], (other as Fields)[key]))
  )
}

/** Freezes a value and all that it holds. Returns the value. */
export const deepFreeze = <A>(value: A): A => {
  if (typeof value === 'object' && value !== null && !isFrozen(value)) {
    freeze(value)
    values(value).forEach(deepFreeze)
  }
  return value
}
