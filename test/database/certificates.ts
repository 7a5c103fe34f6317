import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverAccount } from '../../src/dev/server-account.js'
import { temporaryFolder } from '../support/index.js'

/** Certificates need the openssl program. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Paths of PEM files. */
export interface Certificates {
  /** Authority that signed the server's certificate. */
  authority: string
  /** An authority that signed nothing here. */
  stranger: string
  /** Certificate and key of a server named localhost and 127.0.0.1. */
  certificate: string
  key: string
}

/** Makes two authorities, and a server's certificate signed by the first; the key belongs to the account that servers run as. */
export async function makeCertificates(names = 'DNS:localhost,IP:127.0.0.1'): Promise<Certificates> {
  const folder = await temporaryFolder()
  const path = (name: string): string => join(folder, name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' })
  const authority = (name: string): void =>
    openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)],
    )
  authority('authority')
  authority('stranger')
  openssl(
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=server'],
    ...['-keyout', path('server.key'), '-out', path('server.csr')],
  )
  writeFileSync(path('names'), `subjectAltName=${names}\n`)
  openssl(
    ...[
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      path('server.csr'),
      '-extfile',
      path('names'),
      '-CAcreateserial',
    ],
    ...['-CA', path('authority.pem'), '-CAkey', path('authority.key'), '-out', path('server.pem')],
  )
  const { uid, gid } = await serverAccount()
  chmodSync(path('server.key'), 0o600)
  if (uid !== undefined && gid !== undefined) chownSync(path('server.key'), uid, gid)
  return {
    authority: path('authority.pem'),
    stranger: path('stranger.pem'),
    certificate: path('server.pem'),
    key: path('server.key'),
  }
}
