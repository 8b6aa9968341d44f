/**
 * What keeps `spec/` pure, as rules for oxlint, where it has none of its own: a spec is expressions over immutable data.
 * test/house.test.ts plants a violation of each.
 */

/** Methods that change the array they are called on. `set` and `add` are not among them: they are words of protocols, too. */
const mutating = ['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']

/** The syntax that is refused, by what is said about it. */
const refused = {
  'Bind values with const: a spec has no variables.': ['VariableDeclaration[kind!="const"]'],
  'Build new data: a spec assigns nothing.': [
    'AssignmentExpression',
    'UpdateExpression',
    'UnaryExpression[operator="delete"]'
  ],
  'Use map, filter, reduce or recursion: a spec has no loops.': [
    'ForStatement',
    'ForInStatement',
    'ForOfStatement',
    'WhileStatement',
    'DoWhileStatement'
  ],
  'Use data and functions: a spec has no classes.': ['ClassDeclaration', 'ClassExpression', 'ThisExpression'],
  'Answer with a value: a reducer is total and throws nothing.': ['ThrowStatement', 'TryStatement'],
  'Say it with events and effects: a spec does not wait.': [
    'AwaitExpression',
    'YieldExpression',
    ':function[async=true]',
    ':function[generator=true]',
    'ImportExpression'
  ],
  'Use the method that answers with a new array: toSorted, toReversed, toSpliced, concat.': [
    `CallExpression[callee.property.name=/^(${mutating.join('|')})$/]`
  ],
  'A spec imports fp-ts, io-ts and ts-pattern from their roots, other specs, and nothing else.': [
    ':matches(ImportDeclaration, ExportAllDeclaration, ExportNamedDeclaration)[source.value=/^(?!(fp-ts|io-ts|ts-pattern)$|[.])/]'
  ]
}

export default {
  meta: { name: 'house' },
  rules: {
    pure: {
      create: (context) =>
        Object.fromEntries(
          Object.entries(refused).flatMap(([message, selectors]) =>
            selectors.map((selector) => [selector, (node) => context.report({ node, message })])
          )
        )
    }
  }
}
