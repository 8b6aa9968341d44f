/**
 * A crash at every call that the write-ahead log makes to its disk, with every kind of loss of what was not synced: what
 * is recovered is what was acknowledged, and at most the commit that was under way.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Change, Stored } from '../src/runtime/ports.ts'
import { crashAfter, simulatedDisk } from '../src/runtime/storage/simulated-disk.ts'
import type { Crash, Image } from '../src/runtime/storage/simulated-disk.ts'
import { formOf, imageKey, onDisk, runOn, someCommits, statesOf } from './support/storage.ts'
import type { Run, RunOptions } from './support/storage.ts'

const sectorBytes = 64

/** Which of the pending parts reached the disk: none, all, each beginning, all but one, only one, and all choices of a few. */
const choicesOf = ({ pending }: Crash): ReadonlyArray<(part: number) => boolean> => {
  const parts = [...pending.keys()]
  const few = parts.length <= 5 ? 2 ** parts.length : 0
  return [
    () => true,
    () => false,
    ...parts.flatMap((chosen) => [
      (part: number) => part < chosen,
      (part: number) => part !== chosen,
      (part: number) => part === chosen
    ]),
    ...Array.from({ length: few }, (_, mask) => (part: number) => (mask & (1 << part)) !== 0)
  ]
}

/** The states that may be recovered after so many calls: of the last commit that had resolved, and of the next. */
const allowedAt = (run: Run, states: ReadonlyArray<Stored | null>, calls: number): ReadonlyArray<string> => {
  const resolved = run.resolved.findLastIndex((at) => at <= calls)
  return states.slice(Math.max(0, resolved), Math.max(0, resolved) + 2).map(formOf)
}

interface Found {
  readonly image: Image
  readonly allowed: ReadonlyArray<string>
}

/** Every image that a crash in a run can leave, once for each set of states it may hold. */
function* imagesOf(
  run: Run,
  states: ReadonlyArray<Stored | null>,
  seen: Set<string>,
  choose: typeof choicesOf = choicesOf
): Generator<Found> {
  for (let calls = 0; calls <= run.operations.length; calls += 1) {
    const allowed = allowedAt(run, states, calls)
    const crash = crashAfter(run.start, run.operations.slice(0, calls), sectorBytes)
    for (const reached of choose(crash)) {
      const image = crash.image(reached)
      const key = `${imageKey(image)}\n${allowed.join('\n')}`
      if (seen.has(key)) continue
      seen.add(key)
      yield { image, allowed }
    }
  }
}

const more: ReadonlyArray<Change> = [{ type: 'set', field: 'after', value: 'the crash' }]

/** Recovers from an image, commits once more, and gives what that did to the disk. Fails if anything else is found than is allowed. */
const survives = async ({ image, allowed }: Found, sizes: NonNullable<RunOptions['sizes']>): Promise<Run> => {
  const run = await runOn({ start: image, commits: [more], sizes, closes: false })
  expect(allowed).toContain(formOf(run.opened))
  const again = await onDisk(simulatedDisk({ image: run.image }), sizes).open()
  expect(formOf(again)).toBe(formOf(statesOf([more], run.opened).at(-1) ?? null))
  return run
}

const commits: ReadonlyArray<ReadonlyArray<Change>> = [
  [
    { type: 'set', field: 'term', value: 1 },
    { type: 'append', field: 'log', from: 1, entries: ['a', 'b', 'c'] }
  ],
  [{ type: 'append', field: 'log', from: 4, entries: ['d'.repeat(90)] }],
  [{ type: 'set', field: 'vote', value: 'n2' }],
  [{ type: 'append', field: 'log', from: 3, entries: ['e'.repeat(60), 'f'] }],
  [{ type: 'unset', field: 'vote' }],
  [{ type: 'compact', field: 'log', first: 3 }],
  [{ type: 'append', field: 'log', from: 5, entries: ['g'.repeat(300)] }],
  [{ type: 'set', field: 'term', value: 2 }],
  [{ type: 'compact', field: 'log', first: 9 }],
  [{ type: 'append', field: 'log', from: 9, entries: ['h', 'i'] }],
  [{ type: 'set', field: 'term', value: 3 }],
  [{ type: 'append', field: 'log', from: 11, entries: ['j'.repeat(150)] }],
  // Makes no sense a second time: a checkpoint holds a commit or does not.
  [
    { type: 'append', field: 'queue', from: 1, entries: ['k'] },
    { type: 'compact', field: 'queue', first: 3 }
  ]
]

const inOneSegment = { segmentBytes: 4096, checkpointBytes: 2 ** 20 }
const withCheckpoints = { segmentBytes: 320, checkpointBytes: 300 }

describe('a crash at any call', () => {
  test.each([
    { what: 'in one segment', sizes: inOneSegment, pause: 0 },
    { what: 'over segments', sizes: { segmentBytes: 256, checkpointBytes: 2 ** 20 }, pause: 0 },
    { what: 'with checkpoints beside the commits', sizes: withCheckpoints, pause: 0 },
    { what: 'with checkpoints between the commits', sizes: withCheckpoints, pause: 100 },
    { what: 'with a checkpoint at every commit', sizes: { segmentBytes: 512, checkpointBytes: 1 }, pause: 100 }
  ])('loses nothing that was acknowledged, $what', async ({ sizes, pause }) => {
    const run = await runOn({ commits, sizes, pause })
    let images = 0
    for (const found of imagesOf(run, statesOf(commits), new Set())) {
      await survives(found, sizes)
      images += 1
    }
    expect(images).toBeGreaterThan(run.operations.length)
  })

  test('and a crash at any call of what comes after it', async () => {
    // Two commits of two records each, alike in length: where one is torn, the other may be torn over it, and pieces of
    // both then lie side by side.
    const commitOf = (letter: string): ReadonlyArray<Change> => [
      { type: 'set', field: 'a', value: letter.repeat(70) },
      { type: 'set', field: 'b', value: letter.repeat(70) }
    ]
    const { image } = await runOn({ commits: [[{ type: 'set', field: 'a', value: 1 }]], sizes: inOneSegment })
    const first = await runOn({ start: image, commits: [commitOf('x')], sizes: inOneSegment, closes: false })
    const seen = new Set<string>()
    for (const { image: start } of imagesOf(first, statesOf([commitOf('x')], first.opened), new Set())) {
      const second = await runOn({ start, commits: [commitOf('y')], sizes: inOneSegment, closes: false })
      const states = statesOf([commitOf('y')], second.opened)
      for (const found of imagesOf(second, states, seen)) await survives(found, inOneSegment)
    }
    expect(seen.size).toBeGreaterThan(100)
  })

  test('in the middle of recovery, of a checkpoint or of the start of a segment', async () => {
    const first = await runOn({ commits, sizes: withCheckpoints, pause: 3 })
    const ends = ({ pending }: Crash): ReadonlyArray<(part: number) => boolean> => [
      () => false,
      () => true,
      (part) => part % 2 === 0,
      (part) => part < pending.length / 2
    ]
    const seen = new Set<string>()
    for (const found of imagesOf(first, statesOf(commits), new Set(), ends)) {
      const second = await survives(found, withCheckpoints)
      for (const again of imagesOf(second, statesOf([more], second.opened), seen, ends)) {
        await survives(again, withCheckpoints)
      }
    }
    expect(seen.size).toBeGreaterThan(100)
  })

  test('in random runs, with random losses', async () => {
    const drawn = fc.record({
      commits: someCommits(8),
      segmentBytes: fc.integer({ min: 256, max: 1024 }),
      checkpointBytes: fc.integer({ min: 100, max: 1000 }),
      pause: fc.nat({ max: 40 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      losses: fc.array(fc.infiniteStream(fc.boolean()), { minLength: 4, maxLength: 4 })
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ commits: made, segmentBytes, checkpointBytes, pause, at, losses }) => {
        const sizes = { segmentBytes, checkpointBytes }
        const run = await runOn({ commits: made, sizes, pause })
        const calls = Math.floor(at * run.operations.length)
        const crash = crashAfter(run.start, run.operations.slice(0, calls), sectorBytes)
        for (const loss of losses) {
          const reached = crash.pending.map(() => loss.next().value === true)
          const image = crash.image((part) => reached[part] === true)
          await survives({ image, allowed: allowedAt(run, statesOf(made), calls) }, sizes)
        }
      }),
      { numRuns: 60 }
    )
  })
})

describe('a call that fails', () => {
  test('stops the storage for good, and loses nothing that was acknowledged', async () => {
    const { operations } = await runOn({ commits, sizes: withCheckpoints, pause: 2 })
    for (const failing of operations.keys()) {
      const failure = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      const disk = simulatedDisk({
        before: (call) => {
          if (call === failing) throw failure
        }
      })
      const storage = onDisk(disk, withCheckpoints)
      let resolved = 0
      const attempt = async (): Promise<void> => {
        await storage.open()
        for (const commit of commits) {
          await storage.commit(commit)
          resolved += 1
        }
      }
      const outcome = await attempt().then(
        () => 'done',
        (error: unknown) => String(error)
      )
      const closed = await storage.close().then(
        () => 'done',
        (error: unknown) => String(error)
      )
      expect(closed).toMatch(/^done$|Q807/)
      if (outcome !== 'done') {
        expect(outcome).toContain('Q807')
        await expect(storage.commit(more)).rejects.toThrow()
      }
      const found = formOf(await onDisk(simulatedDisk({ image: disk.image() }), withCheckpoints).open())
      expect(
        statesOf(commits)
          .slice(resolved, resolved + 2)
          .map(formOf)
      ).toContain(found)
    }
  })

  test('is not tried again', async () => {
    let isBroken = false
    let calls = 0
    const disk = simulatedDisk({
      before: (_call, { type }) => {
        calls += 1
        if (isBroken && type === 'sync') throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      }
    })
    const storage = onDisk(disk, inOneSegment)
    await storage.open()
    isBroken = true
    await expect(storage.commit(more)).rejects.toThrow('Q807')
    isBroken = false
    const before = calls
    await expect(storage.commit(more)).rejects.toThrow('Q807')
    await storage.close()
    expect(calls).toBe(before)
  })
})
