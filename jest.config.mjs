export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }]
  },
  setupFilesAfterEnv: ['<rootDir>/test/support/seed.ts'],
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/test/support/plain-reporter.mjs']
}
