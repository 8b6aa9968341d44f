/** Which way imports may point. docs/ARCHITECTURE.md tells why; test/house.test.ts plants a violation of each rule. */

/** Each layer, and what it may import besides itself. */
const layers = {
  'spec/kernel': [],
  'src/model': ['spec/kernel'],
  'src/consistency': ['spec/kernel', 'src/model/(problem|data)[.]ts$'],
  'src/trace': ['spec/kernel', 'src/model'],
  'src/checker': ['spec/kernel', 'src/model', 'src/consistency', 'src/trace'],
  'src/runtime': ['spec/kernel', 'src/model', 'src/trace'],
  'src/examples': ['spec', 'src/model', 'src/runtime'],
  'src/serve': ['spec', 'src/model/(problem|data)[.]ts$', 'src/runtime'],
  'src/load': ['spec/kernel', 'src/model'],
  'src/crew': ['spec/kernel', 'src/(model|checker|load)'],
  'src/jest': ['spec/kernel', 'src/(model|consistency|trace|checker|load)'],
  'src/cli': ['spec/kernel', 'src/(model|consistency|trace|checker|runtime|load|crew|serve)'],
  models: ['spec', 'src/(model|consistency)']
}

const ours = '^(spec|src|models)/'

const layerRules = Object.entries(layers).map(([layer, below]) => ({
  name: `layer ${layer}`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: ours, pathNot: [layer, ...below].map((path) => `^${path}${path.endsWith('$') ? '' : '/'}`) }
}))

/** What only some may use. */
const confined = {
  commander: '^src/cli/',
  picocolors: '^src/(cli|trace)/',
  esbuild: '^src/load/',
  pino: '^src/(serve|examples)/',
  'prom-client': '^src/(serve/|runtime/prometheus[.]ts$)'
}

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'protocols are strangers',
      comment:
        'A protocol knows the kernel and itself. Split brain is what failover makes of primary-backup replication: it builds on it.',
      severity: 'error',
      from: { path: '^spec/([^/]+)/' },
      to: { path: ours, pathNot: ['^spec/kernel/', '^spec/$1/', '^spec/primary-backup/index'] }
    },
    {
      name: 'specs are pure',
      severity: 'error',
      from: { path: '^spec/' },
      to: { pathNot: [ours, '^node_modules/(fp-ts|io-ts|ts-pattern)/'] }
    },
    {
      name: 'the engine is sealed',
      severity: 'error',
      from: { pathNot: '^src/checker/' },
      to: { path: '^src/checker/engine/' }
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'imports resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'imports are declared',
      comment: 'What is shipped imports dependencies, not what is installed for tests or by chance.',
      severity: 'error',
      from: { path: ours },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined', 'deprecated'] }
    },
    ...Object.entries(confined).map(([name, path]) => ({
      name: `${name} is confined`,
      severity: 'error',
      from: { path: ours, pathNot: path },
      to: { path: `^node_modules/${name}/` }
    })),
    {
      name: 'no input or output here',
      comment: 'What judges and what shows is a function of what it is given.',
      severity: 'error',
      from: { path: '^src/(model|consistency|trace)/', pathNot: '^src/trace/file[.]ts$' },
      to: { dependencyTypes: ['core'] }
    }
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs']
    },
    detectProcessBuiltinModuleCalls: true
  }
}
