/**
 * Property tests draw the same examples in every run, so that a change alone can turn a test red. `QUORATE_SEED=random` draws new
 * ones, and `QUORATE_SEED=<number>` those of an earlier run; what a new seed finds is kept as a test of its own.
 */
import fc from 'fast-check'

const asked = process.env['QUORATE_SEED'] ?? '20260101'

if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) })
