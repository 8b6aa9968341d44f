/** Where a state space is large, in words: what tells a user which bound to tighten. */
import type { FieldProfile, MoveProfile, NodeProfile, Profile } from '../checker/report.ts'
import { count, counted, percent } from './numbers.ts'
import { table, type Column } from './table.ts'

/** Fields and moves shown; JSON has them all. */
const most = 5

const sayFields = (fields: ReadonlyArray<FieldProfile>): string =>
  fields
    .slice(0, most)
    .map(({ field, values }) => `${field} ${count(values)}`)
    .join(', ')

const saySome = (read: number, of: number): string =>
  read < of ? ` (at least: ${count(read)} of ${count(of)} read)` : ''

const columns: ReadonlyArray<Column<NodeProfile>> = [
  { title: 'node', text: ({ node }) => node, align: 'left', expendable: 0 },
  { title: 'states', text: ({ slots }) => count(slots), align: 'right', expendable: 0 },
  { title: 'inboxes', text: ({ inboxes }) => count(inboxes), align: 'right', expendable: 0 },
  { title: 'both', text: ({ frames }) => count(frames), align: 'right', expendable: 1 },
  {
    title: 'distinct values of its fields',
    text: ({ fields, read, slots }) => `${sayFields(fields)}${saySome(read, slots)}`,
    align: 'left',
    expendable: 2
  }
]

const sayMove = ({ kind, name, share }: MoveProfile): string =>
  `${kind === 'fault' ? `(${name})` : name} ${percent(share)}`

/** Nodes of which there is the same to say share a row. */
const rowsOf = (nodes: ReadonlyArray<NodeProfile>): ReadonlyArray<NodeProfile> => {
  const texts = nodes.map((profile) => JSON.stringify({ ...profile, node: '' }))
  return nodes.flatMap((profile, index) => {
    const others = texts.filter((text) => text === texts[index]).length - 1
    const node = others === 0 ? profile.node : `${profile.node} and ${counted(others, 'other')}`
    return texts.indexOf(texts[index]!) === index ? [{ ...profile, node }] : []
  })
}

interface Part {
  readonly text: string
  readonly values: number
}

const largestOf = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> =>
  parts.toSorted((a, b) => b.values - a.values).slice(0, 1)

/** The line that says where to begin. */
const hint = ({ nodes, ledger, moves }: Profile): ReadonlyArray<string> => {
  const components = [
    ...nodes.flatMap(({ node, slots, inboxes }) => [
      { text: `states of ${node}`, values: slots },
      { text: `inbox of ${node}`, values: inboxes }
    ]),
    { text: 'budgets, requests and histories', values: ledger.pages }
  ]
  const fields = [
    ...nodes.flatMap(({ node, fields: own }) =>
      own.map(({ field, values }) => ({ text: `field ${field} of ${node}`, values }))
    ),
    ...ledger.fields.map(({ field, values }) => ({ text: field, values }))
  ]
  const [component] = largestOf(components).map(({ text, values }) => `${text} (${count(values)} distinct)`)
  const [field] = largestOf(fields).map(({ text, values }) => `${text} (${count(values)})`)
  const [move] = moves.map((each) => sayMove(each))
  const said = [component, field, move === undefined ? undefined : `new states by ${move}`].filter(
    (each) => each !== undefined
  )
  return said.length === 0 ? [] : [`largest: ${said.join(', ')}`]
}

/**
 * @param width columns of the terminal that are left; may be infinite
 */
export const profileLines = (profile: Profile, width: number): ReadonlyArray<string> => {
  const { nodes, ledger, moves, sample } = profile
  const looked =
    sample.states < sample.of
      ? `a sample of ${count(sample.states)} of ${counted(sample.of, 'state')}`
      : counted(sample.of, 'state')
  const shown = moves.slice(0, most).map(sayMove)
  return [
    ...table(columns, rowsOf(nodes), width),
    ...(ledger.pages > 1
      ? [
          `beside the nodes: ${count(ledger.pages)} distinct; ${sayFields(ledger.fields)}${saySome(ledger.read, ledger.pages)}`
        ]
      : []),
    ...(moves.length > 0
      ? [`new states by: ${shown.join(', ')}${moves.length > most ? ', …' : ''} (moves out of ${looked})`]
      : []),
    ...hint(profile)
  ]
}
