/** An authority for tests, made with the commands of docs/TRANSPORT.md. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificates } from '../../src/runtime/transport/index.ts'

export interface Authority {
  readonly folder: string
  /** A certificate with this subject alternative name, as `DNS:…` or `URI:…`. */
  readonly issue: (name: string) => Certificates
  readonly remove: () => void
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export const authority = (): Authority => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-tls-'))
  const openssl = (...args: ReadonlyArray<string>) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  openssl('req', '-x509', ...curve, '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem')
  let issued = 0
  return {
    folder,
    issue: (name) => {
      issued += 1
      const [key, request, cert] = [`${issued}.key`, `${issued}.csr`, `${issued}.pem`]
      writeFileSync(join(folder, 'names'), `subjectAltName=${name}\n`)
      openssl('req', '-new', ...curve, '-subj', '/CN=node', '-keyout', key, '-out', request)
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-days',
        '2',
        '-extfile',
        'names',
        '-out',
        cert
      )
      return { key: text(key), cert: text(cert), ca: text('ca.pem') }
    },
    remove: () => rmSync(folder, { recursive: true })
  }
}
