import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCli, startRedis, temporaryFolder, testDatabase, type TestDatabase } from '../support/index.js'
import { publish, waiting } from './support.js'

/** A certificate of our own needs the openssl program. */
const openssl = hasOpenssl()

describe.skipIf(!openssl)('relay to rediss://', () => {
  let db: TestDatabase
  let server: Server
  let url: string
  let certificate: string

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
    const redis = await startRedis()
    const folder = await temporaryFolder()
    const key = join(folder, 'key.pem')
    certificate = join(folder, 'certificate.pem')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
    ]
    execFileSync('openssl', [...request, ...subject], { stdio: 'ignore' })
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
      const plain = connect(redis.port, '127.0.0.1')
      socket.pipe(plain).pipe(socket)
      for (const end of [socket, plain]) end.on('error', () => undefined)
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    url = `rediss://localhost:${(server.address() as AddressInfo).port}`
  })

  beforeEach(async () => {
    await db.query('TRUNCATE universe_events')
    await publish(db, 5)
  })

  afterAll(() => server.close())

  test('publishes when the certificate is trusted', async () => {
    const env = { DATABASE_URL: db.url, REDIS_URL: url, NODE_EXTRA_CA_CERTS: certificate }
    const { code, stderr } = await runCli(['relay', '--once'], { env })
    expect(code, stderr).toBe(0)
    expect(await waiting(db)).toBe(0)
  })

  test('refuses a certificate that is not', async () => {
    const { code, stderr } = await runCli(['relay', '--once'], {
      env: { DATABASE_URL: db.url, REDIS_URL: url },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/self[- ]signed certificate/)
    expect(await waiting(db)).toBe(5)
  })
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
