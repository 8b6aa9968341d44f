/** Mutual TLS: both sides show a certificate of the cluster's authorities, and each is held to the name of its node. */
import { createSecureContext, type SecureContext, type PeerCertificate } from 'node:tls'
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { refused, type Refused } from '../wire/refused.ts'
import { namesIn, nameOf, type NameOf } from './certified.ts'

/** In PEM. */
export interface Certificates {
  readonly key: string
  /** This node's, followed by those between it and the authorities, if any. */
  readonly cert: string
  /** The authorities, and nothing else, whose certificates are trusted. */
  readonly ca: string
}

export interface TlsOptions {
  readonly certificates: Certificates
  /** The name that the certificate of a node carries, `DNS:{node}` unless given. */
  readonly identity?: string
}

/** Both sides are ours, so nothing older is needed. */
const minVersion = 'TLSv1.3'

/** A context whose key fits its certificate, or why there is none. */
export const secureContext = ({ key, cert, ca }: Certificates): either.Either<Problem, SecureContext> =>
  either.tryCatch(
    () => createSecureContext({ key, cert, ca, minVersion }),
    (error) => problem('Q957', error instanceof Error ? error.message : String(error), ['tls'])
  )

/** For a server: a certificate is asked for, and a connection without a trusted one is cut before it is ours. */
export const serverOptions = ({ key, cert, ca }: Certificates) =>
  ({ key, cert, ca, minVersion, requestCert: true, rejectUnauthorized: true }) as const

/** A certificate of an authority we trust, and of another node. */
class OtherNode extends Error {}

const carries = (certificate: PeerCertificate, name: string): boolean =>
  namesIn(certificate.subjectaltname).includes(name)

/** Whether the certificate of who dialed is that of a node. */
export const certifies =
  (certificate: PeerCertificate, name: NameOf) =>
  (node: NodeId): boolean =>
    carries(certificate, name(node))

/** What a client checks in the place of a host name. */
export const checkIdentity = (node: NodeId, name: NameOf) => (_host: string, certificate: PeerCertificate) =>
  carries(certificate, name(node))
    ? undefined
    : new OtherNode(`the certificate of who answers for node ${node} does not carry ${name(node)}`)

const ofTls = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_)/

/** What an error says about the other side, rather than about the way there; null otherwise. */
export const judgeTlsError = (error: Error & { readonly code?: string }): Refused | null => {
  if (error instanceof OtherNode) return refused('identity', error.message)
  return ofTls.test(error.code ?? '') ? refused('tls', `TLS fails: ${error.message.slice(0, 200)}`) : null
}

export const nameOfPeers = ({ identity = 'DNS:{node}' }: TlsOptions): either.Either<Problem, NameOf> => nameOf(identity)
