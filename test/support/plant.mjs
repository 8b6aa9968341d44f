/**
 * `node test/support/plant.mjs exact|idle|weak [words …]`: plants each mistake of plants.ts in a copy of the source text, one at a time, and says how
 * many random protocols it took to find it; first it judges what nothing is planted in, and what is harmless must not be found either. A judge that
 * never finds anything is judged here. PLANT_MOST bounds the protocols, PLANT_SECONDS the time for each mistake, PLANT_SEED varies them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { argv, env, exit } from 'node:process'
import { build } from 'esbuild'
import fc from 'fast-check'

const root = resolve(import.meta.dirname, '../..')
const [which = 'exact', ...words] = argv.slice(2)
const most = Number(env['PLANT_MOST'] ?? '2000')
const milliseconds = Number(env['PLANT_SECONDS'] ?? '60') * 1000
const seed = Number(env['PLANT_SEED'] ?? '1')

/** The module as it is with a mistake planted. */
const planted = async (folder, name, entry, plant) => {
  const outfile = join(folder, `${name}.mjs`)
  const planting = {
    name: 'planting',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        if (plant === null || path !== join(root, plant.file)) return { contents: text, loader: 'ts' }
        if (text.split(plant.from).length !== 2) throw new Error(`${plant.from} does not stand once in ${plant.file}`)
        return { contents: text.replace(plant.from, () => plant.to), loader: 'ts' }
      })
  }
  const entryPoints = [join(root, entry)]
  const options = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' }
  await build({ ...options, entryPoints, outfile, plugins: [planting] })
  return import(outfile)
}

/** Cases as far as they were asked for, those of all judgings in turns. */
const drawn = []
let batch = seed
const caseAt = (judgings, index) => {
  while (drawn.length <= index) {
    for (const [judging, { cases }] of judgings.entries())
      for (const of of fc.sample(cases, { seed: batch * judgings.length + judging, numRuns: 5 }))
        if (of !== null) drawn.push({ judging, of })
    batch++
  }
  return drawn[index]
}

const folder = mkdtempSync(join(root, 'node_modules/.plants-'))
const missed = []
try {
  const table = await planted(folder, 'table', 'test/support/plants.ts', null)
  const plants = table.plants[which].filter(({ without }) => words.every((word) => without.includes(word)))
  const plain = (await planted(folder, 'plain', 'test/support/judging.ts', null)).judgedBy[which]
  for (const [index, plant] of [null, ...plants].entries()) {
    const { judgings, reduce } =
      plant === null ? plain : (await planted(folder, `${index}`, 'test/support/judging.ts', plant)).judgedBy[which]
    const name = plant === null ? '(nothing planted)' : `${plant.without}${plant.isHarmless ? ' (harmless)' : ''}`
    const deadline = Date.now() + milliseconds
    let complaint = null
    let tried = 0
    while (complaint === null && tried < most && Date.now() < deadline) {
      const { judging, of } = caseAt(plain.judgings, tried++)
      complaint = await judgings[judging].judge(of, reduce).catch((error) => `threw: ${error.message}`)
    }
    if ((plant === null || plant.isHarmless) !== (complaint === null)) missed.push(name)
    console.log(
      `${complaint === null ? 'nothing in' : 'found after'} ${tried}: ${name}; ${complaint?.slice(0, 100) ?? ''}`
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
console.log(missed.length === 0 ? 'all as it should be' : `not as it should be: ${missed.join('; ')}`)
exit(missed.length > 0 ? 1 : 0)
