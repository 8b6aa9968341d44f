/** Timeline pictures: what is in the window, where it stands, and that it can be read. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { readElle } from '../../src/consistency/formats/elle.ts'
import { readJsonLines } from '../../src/consistency/formats/json-lines.ts'
import { generate } from '../../src/consistency/generate.ts'
import { calls } from '../../src/consistency/history.ts'
import type { History } from '../../src/consistency/history.ts'
import { judgeNamed } from '../../src/consistency/judges.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import { timelineHtml, timelineSvg } from '../../src/consistency/timeline/index.ts'
import { callLabel } from '../../src/consistency/timeline/labels.ts'
import { cutTo, escaped, linesOf, widthOf } from '../../src/consistency/timeline/text.ts'
import { blocksOf } from '../docs/blocks.ts'
import { rightOf } from '../support/runs.ts'
import { cas, dequeue, enqueue, read, write } from './support.ts'

type AnyHistory = History<unknown, unknown>

const judged = (history: AnyHistory, name: string) => {
  const judge = rightOf(judgeNamed(name))
  return { name, verdict: rightOf(judge.judge(history)) }
}

const picture = (history: AnyHistory, ...names: ReadonlyArray<string>): string =>
  timelineSvg(
    rightOf(calls(history)),
    names.map((name) => judged(history, name))
  )

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

interface Text {
  readonly said: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where each text stands, as an SVG reader would place it in a font as wide as the picture counts on. */
const textsOf = (svg: string): ReadonlyArray<Text> =>
  [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"([^>]*)>([^<]*)<\/text>/g)].map(
    ([, x, y, attributes, content]) => {
      const size = Number(/font-size="([\d.]+)"/.exec(attributes ?? '')?.[1] ?? 12)
      const anchor = /text-anchor="(\w+)"/.exec(attributes ?? '')?.[1] ?? 'start'
      const said = unescaped(content ?? '')
      const width = widthOf(said, size)
      const left = Number(x) - { start: 0, middle: width / 2, end: width }[anchor as 'start' | 'middle' | 'end']
      return { said, left, right: left + width, top: Number(y) - size * 0.8, bottom: Number(y) + size * 0.2 }
    }
  )

const overlaps = (texts: ReadonlyArray<Text>): ReadonlyArray<string> =>
  texts.flatMap((one, at) =>
    texts
      .slice(at + 1)
      .filter(
        (other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
      )
      .map((other) => `${one.said} | ${other.said}`)
  )

const sizeOf = (svg: string) => ({
  width: Number(/ width="(\d+)"/.exec(svg)?.[1]),
  height: Number(/ height="(\d+)"/.exec(svg)?.[1])
})

/** Bars: where they begin and end, and where the texts on them and above them do, the label first. */
const barsOf = (svg: string) =>
  [...svg.matchAll(/<g><title>.*?<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)".*?<\/g>/g)].map(([all, x, width]) => ({
    left: Number(x),
    right: Number(x) + Number(width),
    texts: textsOf(all)
  }))

/** Where arrows that close a circle run upwards. */
const gutters = (svg: string): ReadonlyArray<number> =>
  [...svg.matchAll(/<path d="M[\d.]+ [\d.]+H([\d.]+)V[\d.]+H[\d.]+" fill="none" stroke="#7a3fb0"/g)].map(([, x]) =>
    Number(x)
  )

const expectReadable = (svg: string): void => {
  const bars = barsOf(svg)
  expect(bars.length).toBeGreaterThan(0)
  for (const { left, right, texts } of bars) {
    expect(texts.length).toBeGreaterThan(0)
    expect(texts.filter((text) => text.left <= left || text.right >= right)).toEqual([])
  }
  for (const x of gutters(svg)) expect(x).toBeGreaterThan(Math.max(...bars.map(({ right }) => right)))
  const texts = textsOf(svg)
  const { width, height } = sizeOf(svg)
  expect(overlaps(texts)).toEqual([])
  expect(texts.filter(({ left, right, bottom }) => left < 0 || right > width || bottom > height)).toEqual([])
}

/** Labels of the marks above bars: places in the order, and crosses. */
const marksOf = (svg: string): ReadonlyArray<{ readonly said: string; readonly x: number }> =>
  [...svg.matchAll(/<text x="([\d.]+)"[^>]*fill="#fff" text-anchor="middle">([^<]+)</g)].map(([, x, said = '']) => ({
    said,
    x: Number(x)
  }))

const saidIn = (svg: string): ReadonlyArray<string> => textsOf(svg).map(({ said }) => said)

const stale = historyOf(
  call(0, write(1), null),
  invoke(0, write(2)),
  invoke(1, read),
  invoke(2, write(3)),
  info(2),
  ok(1, 2),
  ok(0, null),
  invoke(3, write(4)),
  fail(3),
  call(1, read, 1)
)

describe('a violation of linearizability', () => {
  const svg = picture(stale, 'linearizable:register')
  test('a bar per call, with what was asked and answered', () => {
    for (const label of ['write 1', 'write 2', 'read → 2', 'write 3 ?', 'write 4 failed', 'read → 1'])
      expect(saidIn(svg)).toContain(label)
    expect(saidIn(svg)).toEqual(expect.arrayContaining(['process 0', 'process 1', 'process 2', 'process 3']))
  })
  test('the call that cannot be placed is marked, and why is said', () => {
    expect(marksOf(svg).filter(({ said }) => said === '✗')).toHaveLength(1)
    expect(svg).toMatch(/<title>read → 1 \(process 1, records 10 to 11, ok\)<\/title><rect [^>]*stroke="#c4231a"/)
    expect(saidIn(svg).join(' ')).toContain('✗ read → 1 of process 1 (records 10 to 11): in this state the answer is')
  })
  test('the legal beginning is numbered, at moments in this order', () => {
    const places = marksOf(svg).filter(({ said }) => said !== '✗')
    expect(places.map(({ said }) => Number(said)).toSorted((a, b) => a - b)).toEqual(places.map((_, at) => at + 1))
    const inOrder = places.toSorted((a, b) => Number(a.said) - Number(b.said)).map(({ x }) => x)
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b))
  })
  test('an unknown outcome has an open end, a failed call a dashed edge', () => {
    expect(svg).toMatch(/write 3 \? \([^<]*<\/title><rect [^>]*\/><path [^>]*fill="none"[^>]*\/><line [^>]*dasharray/)
    expect(svg).toMatch(/write 4 failed \([^<]*<\/title><rect [^>]*stroke-dasharray/)
  })
  test('it can be read', () => expectReadable(svg))
})

test('of a long history, only the window around the violation is shown, and where a stale value comes from', () => {
  const long = generate(register(), {
    clients: 5,
    calls: 2000,
    seed: 3,
    lostOneIn: 100,
    operation: (random, n) => (random(2) === 0 ? read : write(n))
  })
  const at = long.findIndex(
    (record, index) => index > 3000 && record.type === 'ok' && typeof record.response === 'number'
  )
  const old = long.findIndex(
    (record, index) => index > 500 && record.type === 'invoke' && record.operation.type === 'write'
  )
  const first = long[old]
  const value = first?.type === 'invoke' && first.operation.type === 'write' ? first.operation.value : null
  const broken = long.map((record, index) =>
    index === at && record.type === 'ok' ? { ...record, response: value } : record
  )
  const svg = picture(broken, 'linearizable:register')
  const bars = [...svg.matchAll(/<g><title>/g)]
  expect(bars.length).toBeGreaterThan(6)
  expect(bars.length).toBeLessThanOrEqual(14)
  expect(saidIn(svg)).toEqual(expect.arrayContaining([`read → ${String(value)}`, `write ${String(value)}`]))
  expect(saidIn(svg).join(' ')).toContain(`${bars.length} of 2000 calls are shown`)
  expect(saidIn(svg)).toContain('⋯')
  expect(sizeOf(svg).width).toBeLessThan(2000)
  expectReadable(svg)
})

test('of a history with keys, only the calls of the key that is wrong', () => {
  const history = historyOf(
    call(0, { type: 'put', key: 'x', value: 'a' }, null),
    call(1, { type: 'put', key: 'y', value: 'b' }, null),
    call(0, { type: 'get', key: 'x' }, 'c')
  )
  const svg = picture(history, 'linearizable:key-value')
  expect(saidIn(svg)).toEqual(
    expect.arrayContaining(['linearizable:key-value at key x: violation', 'put a', 'get → c'])
  )
  expect(saidIn(svg).join(' ')).not.toContain('put b')
})

describe('isolation: the transactions of a cycle and what makes each depend on the next', () => {
  const transaction = (process: number, ...operations: ReadonlyArray<readonly [string, string, unknown]>) =>
    [
      invoke(
        process,
        operations.map(([name, key, value]) => [name, key, name === 'r' ? null : value])
      ),
      ok(process, operations)
    ] as const
  const skew = (() => {
    const [one, oneDone] = transaction(0, ['r', 'x', []], ['append', 'y', 1])
    const [other, otherDone] = transaction(1, ['r', 'y', []], ['append', 'x', 1])
    return historyOf(one, other, oneDone, otherDone, ...transaction(2, ['r', 'x', [1]], ['r', 'y', [1]]))
  })()

  test('lanes by transaction, arrows with kind, key and reason', () => {
    const svg = picture(skew, 'isolation:serializable')
    expect(saidIn(svg)).toEqual(
      expect.arrayContaining(['T1 process 0', 'T2 process 1', 'rw x', 'rw y', 'read x = [], append y 1'])
    )
    expect(saidIn(svg).join(' ')).toContain('T1 read x = [], without the 1 that T2 appended')
    expect([...svg.matchAll(/stroke="#7a3fb0"/g)]).toHaveLength(2)
    expect(gutters(svg)).toHaveLength(1)
    expect(saidIn(svg).join(' ')).toContain('1 other transaction is left out (⋯)')
    expectReadable(svg)
  })

  test('real time is an arrow too', () => {
    const svg = picture(
      historyOf(
        ...transaction(0, ['append', 'x', 1]),
        ...transaction(1, ['r', 'x', []]),
        ...transaction(2, ['r', 'x', [1]])
      ),
      'isolation:strict-serializable'
    )
    expect(saidIn(svg)).toEqual(expect.arrayContaining(['rw x', 'real time']))
    expectReadable(svg)
  })

  test('an anomaly without a cycle shows its transactions and the reason', () => {
    const svg = picture(
      historyOf(invoke(0, [['w', 'x', 1]]), invoke(1, [['r', 'x', null]]), fail(0), ok(1, [['r', 'x', 1]])),
      'isolation:read-committed'
    )
    expect(saidIn(svg)).toEqual(
      expect.arrayContaining(['isolation:read-committed: violation, G1a', 'write x 1 failed'])
    )
    expect(saidIn(svg).join(' ')).toContain('T1 read x = 1, but T2, which wrote it, was aborted')
    expectReadable(svg)
  })

  test.each([2, 3, 9, 10, 11, 30])('a ring of %i transactions can be read; a long one is cut', (size) => {
    const keys = Array.from({ length: size }, (_, at) => `k${at}`)
    const ring = keys.map((key, at) => [
      ['r', key, []],
      ['append', keys.at(at - 1) ?? '', `v${at}`]
    ])
    const history = historyOf(
      ...ring.map((operations, at) =>
        invoke(
          at,
          operations.map(([name, key, value]) => [name, key, name === 'r' ? null : value])
        )
      ),
      ...ring.map((operations, at) => ok(at, operations)),
      ...transaction(
        99,
        ...keys.map((key, at): readonly [string, string, unknown] => ['r', key, [`v${(at + 1) % size}`]])
      )
    )
    const svg = picture(history, 'isolation:serializable')
    const shown = Math.min(size, 10)
    expect(saidIn(svg).filter((said) => /^T\d+ process/.test(said))).toHaveLength(shown)
    expect([...svg.matchAll(/stroke="#7a3fb0"/g)]).toHaveLength(shown)
    expect(saidIn(svg).join(' ').includes('steps are left out')).toBe(size > 10)
    expectReadable(svg)
  })
})

describe('other verdicts have pictures too', () => {
  test.each([
    [call(0, write(1), null), 'linearizable:register', 'linearizable:register: ok'],
    [call(0, write(1), null), 'causal', 'causal: ok'],
    [call(0, write(1), null), 'convergence', 'convergence: unknown'],
    [call(0, read, 1), 'causal', 'causal: violation']
  ])('%#', (records, name, title) => {
    const svg = picture(historyOf(...records), name)
    expect(saidIn(svg)).toContain(title)
    expectReadable(svg)
  })

  test('sessions that do not converge are marked where they read last', () => {
    const svg = picture(
      historyOf(call('a', write(1), null), call('b', write(2), null), call('a', read, 1), call('b', read, 2)),
      'convergence'
    )
    expect(marksOf(svg).map(({ said }) => said)).toEqual(['✗', '✗'])
  })

  test('several verdicts stand below each other', () => {
    const svg = picture(stale, 'linearizable:register', 'sequential:register', 'causal')
    const tops = [...svg.matchAll(/translate\(0 (\d+)\)/g)].map(([, top]) => Number(top))
    expect(tops).toHaveLength(3)
    expect(tops).toEqual(tops.toSorted((a, b) => a - b))
    expect(sizeOf(svg).height).toBeGreaterThan(tops[2] ?? 0)
  })

  test('a page has the picture and the explanation', () => {
    const html = timelineHtml('<run>', rightOf(calls(stale)), [judged(stale, 'linearizable:register')])
    expect(html).toContain('<h1>&lt;run&gt;</h1>')
    expect(html).toMatch(/<svg [^]*<\/svg>\n<pre>not linearizable as register/)
  })
})

describe('text', () => {
  test('what markup means, and what XML cannot hold, is no markup', () => {
    expect(escaped(`<a href="x">&\u0000\u001b\ud800b\u{1f600}\ufffe\n`)).toBe(
      '&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd\ufffdb\u{1f600}\ufffd\n'
    )
    const svg = picture(historyOf(call('</text><script>', write('"<&>\u0007'), null)), 'linearizable:register')
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u0007')
  })

  test('cut and broken into lines that fit', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 40 }), (text, columns) => {
        const fits = (line: string) => widthOf(line, 1) <= columns * widthOf('m', 1) + 1e-9
        expect(fits(cutTo(text, columns))).toBe(true)
        expect(linesOf(text.trimStart(), columns).every(fits)).toBe(true)
      })
    ))

  test.each([
    [cas(1, 2), true, 'cas 1 2 → true'],
    [enqueue('a b'), null, 'enqueue "a b"'],
    [dequeue, null, 'dequeue → null'],
    [{ key: 'x', operation: read }, 3, 'x: read → 3'],
    [[['r', 'x', null]], [['r', 'x', null]], 'read x = nil'],
    [{ odd: 1 }, { even: 2 }, '{"odd":1} → {"even":2}']
  ])('%j', (operation, response, label) => {
    const [one] = rightOf(calls(historyOf(call(0, operation, response))))
    expect(one === undefined ? '' : callLabel(one)).toBe(label)
  })
})

test('whatever happened, nothing overlaps, and marks stand in the order of the places', () =>
  fc.assert(
    fc.property(
      fc.record({
        clients: fc.integer({ min: 1, max: 7 }),
        calls: fc.integer({ min: 1, max: 40 }),
        seed: fc.integer(),
        lostOneIn: fc.integer({ min: 0, max: 6 }),
        values: fc.constantFrom(2, 1000, 1e12),
        wrong: fc.nat()
      }),
      ({ values, wrong, ...workload }) => {
        const history = generate(register(), {
          ...workload,
          operation: (random) => (random(2) === 0 ? read : write(random(5) * values))
        })
        const reads = history.flatMap((record, at) => (record.type === 'ok' && record.response !== null ? [at] : []))
        const at = reads[wrong % Math.max(1, reads.length)] ?? -1
        const broken = history.map((record, index) =>
          index === at && record.type === 'ok' ? { ...record, response: (wrong % 5) * values } : record
        )
        for (const name of ['linearizable:register', 'sequential:register']) {
          const svg = picture(broken, name)
          expectReadable(svg)
          if (name === 'sequential:register') continue
          const xs = marksOf(svg)
            .filter(({ said }) => said !== '✗')
            .toSorted((a, b) => Number(a.said) - Number(b.said))
            .map(({ x }) => x)
          expect(xs).toEqual(xs.toSorted((a, b) => a - b))
        }
      }
    ),
    { numRuns: 60 }
  ))

describe('the pictures in docs/CONSISTENCY.md are drawn from the histories that stand there', () => {
  const page = readFileSync('docs/CONSISTENCY.md', 'utf8')
  test.each([
    ['run.jsonl', readJsonLines, 'linearizable:register', 'stale-read.svg'],
    ['doctors.edn', readElle, 'isolation:serializable', 'write-skew.svg']
  ])('%s', (file, reader, name, drawn) => {
    const block = blocksOf(page).find(({ mark }) => mark?.value === file)
    const svg = picture(rightOf<AnyHistory>(reader(block?.text ?? '')), name)
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(join('docs/pictures', drawn), svg)
    expect(svg).toBe(readFileSync(join('docs/pictures', drawn), 'utf8'))
    expectReadable(svg)
  })
})
