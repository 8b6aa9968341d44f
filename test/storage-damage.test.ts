/**
 * A write-ahead log that was torn, cut, flipped or robbed of files: what is recovered is what was committed, but for a
 * last commit that nothing proves, or all of it is refused with the place. Never anything else.
 */
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Refusal } from '../src/model/problem.ts'
import type { Problem } from '../src/model/problem.ts'
import type { Change } from '../src/runtime/ports.ts'
import { crashAfter, simulatedDisk } from '../src/runtime/storage/simulated-disk.ts'
import type { Image } from '../src/runtime/storage/simulated-disk.ts'
import { formOf, onDisk, runOn, someCommits, statesOf } from './support/storage.ts'

type Commits = ReadonlyArray<ReadonlyArray<Change>>

interface Outcome {
  /** What is stored, in one form; null where it was refused. */
  readonly stored: string | null
  readonly problem: Problem | null
  readonly warnings: ReadonlyArray<string>
}

const recovered = async (image: Image): Promise<Outcome> => {
  const warnings: string[] = []
  try {
    const stored = await onDisk(simulatedDisk({ image }), sizes, (text) => warnings.push(text)).open()
    return { stored: formOf(stored), problem: null, warnings }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { stored: null, problem: error.problem, warnings }
  }
}

const sizes = { segmentBytes: 768, checkpointBytes: 2 ** 20 }
const commits: Commits = [
  [{ type: 'set', field: 'term', value: 1 }],
  [
    { type: 'append', field: 'log', from: 1, entries: ['a', { b: 1 }] },
    { type: 'set', field: 'vote', value: 'n1' }
  ],
  [{ type: 'append', field: 'log', from: 2, entries: ['ü'.repeat(20)] }],
  [{ type: 'compact', field: 'log', first: 2 }],
  [{ type: 'set', field: 'term', value: 2 }]
]
const states = statesOf(commits).map(formOf)
const [last = '', beforeLast = ''] = states.toReversed()

const only = (image: Image): readonly [string, Uint8Array] => {
  const found = [...image].find(([name]) => name.endsWith('.segment'))
  if (found === undefined) throw new Error('there is no segment')
  return found
}

/** The image with one file changed. */
const changed = (image: Image, name: string, change: (bytes: Uint8Array) => Uint8Array): Image =>
  new Map([...image, [name, change(new Uint8Array(image.get(name) ?? []))]])

const flipped = (image: Image, name: string, offset: number, mask: number): Image =>
  changed(image, name, (bytes) => bytes.with(offset, (bytes[offset] ?? 0) ^ mask))

describe('a log of one segment', () => {
  let closed: Image
  let killed: Image
  /** Where each commit ends, those of the log's own aside. */
  let ends: ReadonlyArray<number>
  beforeAll(async () => {
    closed = (await runOn({ commits, sizes })).image
    const run = await runOn({ commits, sizes, closes: false })
    killed = run.image
    ends = run.resolved.map((calls) => {
      const write = run.operations.slice(0, calls).findLast(({ type }) => type === 'write')
      return write?.type === 'write' ? write.position + write.bytes.length - 16 : 0
    })
  })

  test.each([1, 0x80, 0xff])(
    'with a byte flipped by %i, closed in order, is recovered exactly or refused',
    async (mask) => {
      const [name, bytes] = only(closed)
      for (const offset of bytes.keys()) {
        const { stored, problem } = await recovered(flipped(closed, name, offset, mask))
        if (stored !== null) expect([offset, stored]).toEqual([offset, last])
        else expect(problem).toMatchObject({ code: offset >= 8 && offset < 12 ? 'Q804' : 'Q802' })
      }
    }
  )

  test.each([1, 0x80, 0xff])(
    'with a byte flipped by %i, killed, may lose its last commit, with a warning',
    async (mask) => {
      const [name, bytes] = only(killed)
      for (const offset of bytes.keys()) {
        const { stored, problem, warnings } = await recovered(flipped(killed, name, offset, mask))
        if (stored === null) expect(problem?.where.at(-1)).toMatch(/offset|segment/)
        else if (stored !== last) expect([offset, stored, warnings.length]).toEqual([offset, beforeLast, 1])
      }
    }
  )

  test('with a sector gone before its last commit is refused', async () => {
    const [name] = only(killed)
    for (let offset = 16; offset + 64 <= (ends.at(-2) ?? 0); offset += 8) {
      const { problem } = await recovered(changed(killed, name, (all) => all.fill(0, offset, offset + 64)))
      expect([offset, problem?.code]).toEqual([offset, 'Q802'])
    }
  })

  test('torn at any byte has the commits before it', async () => {
    const [name, bytes] = only(killed)
    for (const offset of bytes.keys()) {
      const { stored, problem, warnings } = await recovered(changed(killed, name, (all) => all.fill(0, offset)))
      if (offset < 64) expect(problem?.code).toMatch(/Q80[24]/)
      else {
        // A payload may end in zeros that pad it.
        const whole = Math.max(0, ends.filter((end) => end - 7 <= offset).length - 1)
        const exact = Math.max(0, ends.filter((end) => end <= offset).length - 1)
        expect([states[exact], states[whole]]).toContain(stored)
        if (ends.includes(offset)) expect(warnings).toEqual([])
      }
    }
  })

  test('torn at any byte of its last commit, in a segment that held another log, has the commits before it', async () => {
    const [name, bytes] = only(killed)
    const old = (
      await runOn({
        commits: [[{ type: 'set', field: 'old', value: 'o'.repeat(400) }], ...commits],
        sizes,
        closes: false
      })
    ).image
    const garbage = only(old)[1]
    for (let offset = ends.at(-2) ?? 0; offset < (ends.at(-1) ?? 0) - 7; offset += 1) {
      const { stored, problem } = await recovered(
        changed(killed, name, (all) => Uint8Array.from([...all.slice(0, offset), ...garbage.slice(offset)]))
      )
      expect([offset, stored, problem]).toEqual([offset, beforeLast, null])
    }
    expect(bytes.length).toBe(garbage.length)
  })

  test('cut off at any byte is refused, for a crash leaves a segment as long as it was made', async () => {
    const [name, bytes] = only(closed)
    for (const length of bytes.keys()) {
      const { problem } = await recovered(changed(closed, name, (all) => all.slice(0, length)))
      expect(problem?.code).toBe('Q802')
    }
  })

  test('names the file and the offset of what is damaged', async () => {
    const [name] = only(closed)
    const offset = ends[2] ?? 0
    const { problem } = await recovered(flipped(closed, name, offset + 20, 1))
    expect(problem?.where).toEqual([`/simulated/${name}`, `offset ${offset}`])
    expect(problem?.what).toMatch(/^commit 4 does not read, and a later one at offset \d+ does$/)
  })

  test('warns of a torn end, and of nothing else', async () => {
    const [name] = only(killed)
    expect((await recovered(killed)).warnings).toEqual([])
    expect((await recovered(closed)).warnings).toEqual([])
    expect((await recovered(flipped(killed, name, (ends.at(-1) ?? 0) - 10, 1))).warnings).toEqual([
      'the log has a torn end: what follows the last whole commit is dropped'
    ])
  })
})

describe('a log of segments and a checkpoint', () => {
  const small = { segmentBytes: 320, checkpointBytes: 1500 }
  const many: Commits = Array.from({ length: 36 }, (_, index): ReadonlyArray<Change> => [
    { type: 'append', field: 'log', from: index + 1, entries: [`entry ${index} `.repeat(3)] }
  ])
  let image: Image
  let all: string
  const named = (ending: string): ReadonlyArray<string> =>
    [...image.keys()].filter((name) => name.endsWith(ending)).toSorted()
  beforeAll(async () => {
    ;({ image } = await runOn({ commits: many, sizes: small, pause: 200 }))
    all = formOf(statesOf(many).at(-1) ?? null)
  })

  test('is what these tests need', async () => {
    expect(named('.segment').length).toBeGreaterThan(2)
    expect(named('.checkpoint').length).toBe(1)
    expect((await recovered(image)).stored).toBe(all)
  })

  test('is recovered exactly or refused with any byte flipped', async () => {
    for (const name of [...named('.segment'), ...named('.checkpoint')]) {
      for (const offset of image.get(name)?.keys() ?? []) {
        const { stored } = await recovered(flipped(image, name, offset, 0x10))
        if (stored !== null) expect([name, offset, stored]).toEqual([name, offset, all])
      }
    }
  })

  test('is refused without any of its files', async () => {
    for (const name of [...named('.segment'), ...named('.checkpoint')]) {
      const { problem } = await recovered(new Map([...image].filter(([other]) => other !== name)))
      expect([name, problem?.code]).toEqual([name, 'Q805'])
    }
  })

  test('needs no spare, and none of the other files in the folder', async () => {
    const needed = [...image].filter(([name]) => /segment|checkpoint/.test(name))
    const { stored } = await recovered(
      new Map([...needed, ['notes.txt', new Uint8Array(3)], ['1.unfinished', new Uint8Array(9)]])
    )
    expect(stored).toBe(all)
  })

  test('is refused with two segments exchanged', async () => {
    const [first = '', second = ''] = named('.segment')
    const exchanged = new Map([
      ...image,
      [first, image.get(second) ?? new Uint8Array()],
      [second, image.get(first) ?? new Uint8Array()]
    ])
    expect((await recovered(exchanged)).problem?.code).toBe('Q802')
  })

  test('is refused with its checkpoint damaged, and says where', async () => {
    const [name = ''] = named('.checkpoint')
    const { problem } = await recovered(flipped(image, name, 30, 1))
    expect(problem).toMatchObject({
      code: 'Q803',
      where: [`/simulated/${name}`, expect.stringMatching(/^offset \d+$/)]
    })
  })

  test('is refused in a format of another version', async () => {
    const [name = ''] = named('.segment')
    expect((await recovered(changed(image, name, (bytes) => bytes.with(8, 2)))).problem?.code).toBe('Q804')
  })

  test('does without a damaged checkpoint while the segments that it stands for are there', async () => {
    const run = await runOn({ commits: many, sizes: small, pause: 200 })
    const renamed = run.operations.findIndex((call) => call.type === 'rename' && call.to.endsWith('.checkpoint'))
    const synced = renamed + 1 + run.operations.slice(renamed + 1).findIndex(({ type }) => type === 'sync-folder')
    const both = crashAfter(new Map(), run.operations.slice(0, synced + 1), 64).image(() => false)
    const [name = ''] = [...both.keys()].filter((found) => found.endsWith('.checkpoint'))
    const whole = await recovered(both)
    const { stored, warnings } = await recovered(flipped(both, name, 30, 1))
    expect(stored).toBe(whole.stored)
    expect(warnings).toContain('a checkpoint is damaged; the log still has all that it held')
  })
})

test('a random log with random damage is recovered to what was once committed, or refused', async () => {
  const damage = fc.array(
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), mask: fc.integer({ min: 1, max: 255 }) }),
    {
      minLength: 1,
      maxLength: 4
    }
  )
  const drawn = fc.record({
    commits: someCommits(8),
    segmentBytes: fc.integer({ min: 256, max: 768 }),
    checkpointBytes: fc.integer({ min: 200, max: 2000 }),
    damage
  })
  await fc.assert(
    fc.asyncProperty(drawn, async ({ commits: made, segmentBytes, checkpointBytes, damage: hits }) => {
      const { image } = await runOn({ commits: made, sizes: { segmentBytes, checkpointBytes } })
      const names = [...image.keys()].toSorted()
      const hit = hits.reduce((left, { at, mask }) => {
        const place = at * names.length
        const name = names[Math.min(names.length - 1, Math.floor(place))] ?? ''
        const length = image.get(name)?.length ?? 0
        return length === 0 ? left : flipped(left, name, Math.min(length - 1, Math.floor((place % 1) * length)), mask)
      }, image)
      const { stored } = await recovered(hit)
      if (stored !== null) expect(statesOf(made).map(formOf)).toContain(stored)
    }),
    { numRuns: 150 }
  )
})
