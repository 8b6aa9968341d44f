/** Ends a test run with one plain line that any runner can read: `N passed, N failed`. */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    // A file that cannot be loaded runs none of its tests: it counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    // Jest writes its summary after the last reporter is done.
    process.once('exit', () => process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`))
  }
}
