/** Certificates that are renewed on disk are taken up without a restart. */
import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { either } from 'fp-ts'
import { explain, problem, type Problem } from '../../model/problem.ts'
import type { Clock, Logger } from '../ports.ts'
import type { TcpTransport } from './tcp.ts'
import type { Certificates } from './tls.ts'

/** Paths of files in PEM. */
export type CertificateFiles = { readonly [part in keyof Certificates]: string }

export const readCertificates = async (files: CertificateFiles): Promise<either.Either<Problem, Certificates>> => {
  try {
    const [key, cert, ca] = await Promise.all([files.key, files.cert, files.ca].map((path) => readFile(path, 'utf8')))
    return either.right({ key: key ?? '', cert: cert ?? '', ca: ca ?? '' })
  } catch (error) {
    return either.left(problem('Q957', error instanceof Error ? error.message : String(error), ['tls']))
  }
}

interface Reloading {
  readonly transport: Pick<TcpTransport, 'setCertificates'>
  readonly logger: Logger
}

/** Reads the files again, and hands them over if they can be used; else those of before stay. Says which. */
export const reloadCertificates = async (files: CertificateFiles, { transport, logger }: Reloading): Promise<void> => {
  const read = await readCertificates(files)
  const used = either.chain(transport.setCertificates)(read)
  if (either.isLeft(used))
    logger.warn({ problem: explain(used.left) }, 'certificates cannot be used, those of before stay')
  else logger.info({}, 'certificates are taken up')
}

/** Files are replaced one after the other: they are read when no more has changed for so long. */
const quietMs = 250

/**
 * Reads the files again when something changes in their folders, and hands them over if they can be used. Key and
 * certificate that do not fit each other, as between two renames, are left alone: then the next change is waited for.
 * Returns how to end it.
 */
export const watchCertificates = (
  files: CertificateFiles,
  { clock, ...reloading }: Reloading & { readonly clock: Clock }
): (() => void) => {
  let unplan: (() => void) | null = null
  const soon = (): void => {
    unplan?.()
    unplan = clock.schedule(quietMs, () => void reloadCertificates(files, reloading))
  }
  // Folders, since a file that is renamed over another is not the one that was watched.
  const folders = new Set([files.key, files.cert, files.ca].map((path) => dirname(path)))
  const watchers = [...folders].map((folder) => watch(folder, { persistent: false }, soon).on('error', soon))
  return () => {
    unplan?.()
    for (const watcher of watchers) watcher.close()
  }
}
