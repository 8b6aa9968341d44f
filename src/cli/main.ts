#!/usr/bin/env node
import { run } from './start.ts'
import { brokenPipe } from './terminal.ts'

const status = await run(process.argv)
// A model file may have left timers running. What was written comes first; then the process ends, whatever else goes on.
process.stdout.write('', (error) => process.exit(error instanceof Error ? brokenPipe : status))
