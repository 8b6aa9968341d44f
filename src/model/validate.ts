/** Looks a model over before anything runs. The first thing that is wrong is reported with its place. */
import { either } from 'fp-ts'
import { explainErrors, type AnySignature, type NodeId } from '../../spec/kernel/index.ts'
import { oneWayCuts, symmetricCuts } from './cuts.ts'
import type { Cut, Model, ModelRequest, Network } from './model.ts'
import { atBorder, refuse, type Problem } from './problem.ts'
import { symmetricGroups } from './symmetric.ts'
import type { ValidModel, ValidRequest } from './valid.ts'

type Place = ReadonlyArray<string>

const wholeNumber = (value: unknown, least: number, where: Place): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least
    ? value
    : refuse('Q104', `${JSON.stringify(value) ?? String(value)} is not a whole number >= ${least}`, where)

const properName = (name: unknown, where: Place): string =>
  typeof name === 'string' && name !== '' && !/\s/.test(name)
    ? name
    : refuse('Q102', `${JSON.stringify(name) ?? 'undefined'} is not a name`, where)

const unique = (names: ReadonlyArray<string>, where: Place): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuse('Q105', `"${twice}" is used twice`, where)
}

const knownNode = (id: NodeId, ids: ReadonlyArray<NodeId>, where: Place): NodeId =>
  ids.includes(id) ? id : refuse('Q103', `there is no node "${id}"; the nodes are ${ids.join(', ')}`, where)

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const expectShape = (holds: boolean, what: string, where: Place): void => {
  if (!holds) refuse('Q107', what, where)
}

const checkShapes = (model: Model<any>, where: Place): void => {
  expectShape(isRecord(model.protocol), '`protocol` is not a protocol', where)
  for (const name of ['initial', 'step', 'durable', 'recover'] as const)
    expectShape(isFunction(model.protocol[name]), `\`${name}\` is not a function`, [...where, 'protocol'])
  for (const name of ['rules', 'timers'] as const)
    expectShape(Array.isArray(model.protocol[name]), `\`${name}\` is not a list`, [...where, 'protocol'])
  expectShape(isRecord(model.protocol.codecs), '`codecs` is missing', [...where, 'protocol'])
  expectShape(isRecord(model.nodes), '`nodes` is not a record of configurations', where)
  expectShape(isRecord(model.network), '`network` is missing: asynchronous(), unordered() or fifo()', where)
  expectShape(Array.isArray(model.properties), '`properties` is not a list', where)
  for (const property of model.properties)
    expectShape(
      isRecord(property) &&
        ['always', 'step', 'reachable', 'history'].includes(property.kind) &&
        isFunction(property.holds),
      'a property was not built by always, step, reachable or history',
      [...where, 'properties']
    )
}

const checkTiming = ({ timing }: Model<any>, where: Place): void => {
  if (timing === undefined) return
  expectShape(isRecord(timing), '`timing` is not a record', where)
  expectShape(isFunction(timing.mayFire), '`mayFire` is not a function', where)
  expectShape(
    typeof timing.assumes === 'string' && timing.assumes.trim() !== '',
    '`assumes` does not say what is assumed',
    where
  )
}

const linkBudget = (network: Network, where: Place) => {
  if (network.kind === 'asynchronous') return { lose: 0, duplicate: 0 }
  expectShape(network.kind === 'unordered' || network.kind === 'fifo', '`network.kind` is not known', where)
  return {
    lose: wholeNumber(network.lose, 0, [...where, 'lose']),
    duplicate: wholeNumber(network.duplicate, 0, [...where, 'duplicate'])
  }
}

const spellCuts = (
  cuts: 'symmetric' | 'one-way' | ReadonlyArray<Cut> | undefined,
  ids: ReadonlyArray<NodeId>,
  where: Place
): ReadonlyArray<Cut> => {
  if (cuts === undefined) return []
  if (cuts === 'symmetric') return symmetricCuts(ids)
  if (cuts === 'one-way') return oneWayCuts(ids)
  expectShape(Array.isArray(cuts), '`cuts` is neither "symmetric" nor "one-way" nor a list of cuts', where)
  unique(
    cuts.map(({ name }) => name),
    where
  )
  cuts.forEach(({ name, links }) => links.flat().forEach((id) => knownNode(id, ids, [...where, name])))
  return cuts
}

const validRequest = (
  { name, request, at, times = 1 }: ModelRequest<AnySignature>,
  model: Model<any>,
  ids: ReadonlyArray<NodeId>,
  where: Place
): ValidRequest => {
  const place = [...where, `request ${properName(name, where)}`]
  const codec = model.protocol.codecs.request
  if (codec === undefined) return refuse('Q108', `protocol ${model.protocol.name} takes no requests`, place)
  const decoded = codec.decode(request)
  if (either.isLeft(decoded)) return refuse('Q108', explainErrors(decoded.left), place)
  const count = wholeNumber(times, 1, [...place, 'times'])
  return {
    name,
    request,
    at: (at ?? ids).map((id) => ids.indexOf(knownNode(id, ids, [...place, 'at']))),
    ids: Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}#${index + 1}`))
  }
}

const checkExpectation = (model: Model<any>, where: Place): void => {
  const expected = model.expect ?? 'holds'
  if (expected === 'holds' || expected === 'deadlock') return
  const [name, kinds] =
    'violates' in expected ? [expected.violates, ['always', 'step', 'history']] : [expected.unreachable, ['reachable']]
  if (!model.properties.some((property) => property.name === name && kinds.includes(property.kind)))
    refuse('Q106', `no property of kind ${kinds.join(' or ')} is called "${name}"`, where)
}

const examine = <P extends AnySignature>(model: Model<P>): ValidModel<P> => {
  expectShape(isRecord(model), 'a model is a record', ['model'])
  const where = [`model ${properName(model.name, ['model'])}`]
  checkShapes(model, where)
  const ids = Object.keys(model.nodes)
  if (ids.length === 0) refuse('Q101', 'there are no nodes', [...where, 'nodes'])
  ids.forEach((id) => properName(id, [...where, 'nodes']))
  unique(
    model.properties.map(({ name }) => properName(name, [...where, 'properties'])),
    [...where, 'properties']
  )
  checkExpectation(model, [...where, 'expect'])
  checkTiming(model, [...where, 'timing'])

  const faults = model.faults ?? {}
  const inFaults = [...where, 'faults']
  const crashing = faults.crashing ?? ids
  crashing.forEach((id) => knownNode(id, ids, [...inFaults, 'crashing']))

  const requests = (model.requests ?? []).map((request) => validRequest(request, model, ids, where))
  unique(
    requests.map(({ name }) => name),
    [...where, 'requests']
  )
  if (model.bounds?.depth !== undefined) wholeNumber(model.bounds.depth, 0, [...where, 'bounds', 'depth'])

  const partitions = wholeNumber(faults.partitions?.times ?? 0, 0, [...inFaults, 'partitions', 'times'])
  const cuts = spellCuts(faults.partitions?.cuts, ids, [...inFaults, 'partitions', 'cuts'])

  return {
    model,
    ids,
    selves: ids.map((id) => ({ id, nodes: ids, config: model.nodes[id] })),
    budget: {
      crashes: wholeNumber(faults.crashes ?? 0, 0, [...inFaults, 'crashes']),
      crashesForGood: wholeNumber(faults.crashesForGood ?? 0, 0, [...inFaults, 'crashesForGood']),
      ...linkBudget(model.network, [...where, 'network']),
      partitions
    },
    mayCrash: ids.map((id) => crashing.includes(id)),
    cuts: partitions === 0 ? [] : cuts,
    heal: faults.partitions?.heal ?? true,
    requests,
    symmetric: symmetricGroups(model, ids, requests, where),
    histories: model.properties.filter((property) => property.kind === 'history')
  }
}

/**
 * A model with its names resolved and its defaults filled in.
 *
 * @returns the first problem found, Q101 to Q109, with the place in the model
 */
export const validate = <P extends AnySignature>(model: Model<P>): either.Either<Problem, ValidModel<P>> =>
  atBorder(() => either.right(examine(model)))
