/**
 * Model files as they stand, TypeScript and all, to modules that Node can import.
 *
 * esbuild puts a model file and what it imports by relative path in one module. What it imports by name stays outside
 * and is resolved here, from the importing file, to the URL of the file in the package: so the module can be imported
 * from memory, as a `data:` URL, and shares its packages with this process. Nothing is written to disk, nothing needs
 * cleaning up, runs cannot collide, and a checkout may be read-only.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { either } from 'fp-ts'
import { build, type BuildFailure, type Message, type Plugin } from 'esbuild'
import { problem, type Problem } from '../model/problem.ts'
import { nameOf } from './find.ts'
import { locateIn, type Locate } from './stack.ts'

/** A model file, ready to import, in this thread or another. */
export interface Bundle {
  /** As people name it. */
  readonly file: string
  /** The module itself. */
  readonly url: string
  /** Its own name in stacks. */
  readonly sourceUrl: string
  /** Its source map, as JSON. */
  readonly map: string
}

// Never written to: the place that outputs would have, which source maps are relative to.
const outputFolder = resolve('quorate-output')

/** Tells where in the user's files an error came from. */
export const locateFor = ({ sourceUrl, map }: Bundle): Locate => locateIn(sourceUrl, JSON.parse(map), outputFolder)

const source = /\.[cm]?tsx?$/

/** Marks a resolution that the plugin itself asked for, so that it does not answer itself. */
const ours = Symbol('ours')

/** Bare imports become URLs of files; a package that is TypeScript itself, such as one of a workspace, is bundled. */
const packagesByUrl: Plugin = {
  name: 'packages-by-url',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === ours || kind === 'entry-point') return undefined
      const found = await bundler.resolve(path, { kind, importer, resolveDir, pluginData: ours })
      if (found.errors.length > 0) return { errors: found.errors.map(({ text }) => ({ text })) }
      if (found.external || source.test(found.path)) return { path: found.path, external: found.external }
      return { path: pathToFileURL(found.path).href, external: true }
    })
  }
}

const saySyntax = ({ text, location }: Message): Problem => {
  if (location === null) return problem('Q303', text)
  const place = `${nameOf(resolve(location.file))}:${location.line}:${location.column + 1}`
  const line = location.lineText.trim()
  return problem('Q303', text, [line === '' ? place : `${place}: ${line}`])
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && 'errors' in error

/**
 * Bundles model files, all in one go.
 *
 * @param files absolute paths
 * @returns Q303 for each syntax error and each import that is not there, with file, line and column
 */
export const bundle = async (
  files: ReadonlyArray<string>
): Promise<either.Either<ReadonlyArray<Problem>, ReadonlyArray<Bundle>>> => {
  try {
    const { outputFiles } = await build({
      entryPoints: files.map((file, index) => ({ in: file, out: String(index) })),
      outdir: outputFolder,
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // The conditions under which Node itself resolves an import, so that a package is not loaded twice.
      conditions: ['node-addons', ...(process.features.require_module ? ['module-sync'] : [])],
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [packagesByUrl]
    })
    const outputs = new Map(outputFiles.map(({ path, text }) => [path, text]))
    return either.right(
      files.map((file, index) => {
        const output = resolve(outputFolder, `${index}.js`)
        const sourceUrl = `quorate-model:${index}`
        const code = `${outputs.get(output) ?? ''}\n//# sourceURL=${sourceUrl}\n`
        return {
          file: nameOf(file),
          url: `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`,
          sourceUrl,
          map: outputs.get(`${output}.map`) ?? '{}'
        }
      })
    )
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return either.left(error.errors.map(saySyntax))
  }
}
