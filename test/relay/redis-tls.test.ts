import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/cluster.js'
import { checkRedis } from '../../src/doctor/redis.js'
import { hasOpenssl, makeCertificates, type Certificates } from '../database/certificates.js'
import {
  runCli,
  startRedis,
  temporaryFolder,
  testDatabase,
  type CliResult,
  type TestDatabase,
} from '../support/index.js'
import { publish, subscribe, until, waiting } from './support.js'

let db: TestDatabase
let plainPort: number
let program: string

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  const plain = await startRedis()
  plainPort = plain.port
  program = plain.program
})

beforeEach(async () => {
  await db.query('TRUNCATE universe_events')
  await publish(db, 5)
})

const relay = (url: string, env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  runCli(['relay', '--once'], { env: { DATABASE_URL: db.url, REDIS_URL: url, ...env } })

describe('rediss:// to a Redis without TLS', () => {
  it('fails and keeps every event', async () => {
    const subscriber = await subscribe(`redis://127.0.0.1:${plainPort}`)
    const { code, stderr } = await relay(`rediss://127.0.0.1:${plainPort}`)
    expect(code, stderr).toBe(1)
    expect(stderr).toContain('Redis does not take the events')
    expect(await waiting(db)).toBe(5)
    expect(subscriber.received).toEqual([])
    subscriber.close()
  })

  it('sends no password before the handshake', async () => {
    let received = ''
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        received += data.toString('latin1')
        socket.end('-ERR no TLS here\r\n')
      })
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const { port } = server.address() as AddressInfo
    const { code } = await relay(`rediss://bob:hush@127.0.0.1:${port}`)
    server.close()
    expect(code).toBe(1)
    expect(received.length).toBeGreaterThan(0)
    expect(received).not.toMatch(/hush|bob|AUTH|HELLO/i)
  })
})

describe.skipIf(!hasOpenssl)('a Redis that serves TLS itself', () => {
  let pem: Certificates
  let server: ChildProcess
  let url: string

  beforeAll(async () => {
    pem = await makeCertificates('DNS:localhost')
    const port = await freePort()
    const options = ['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--save', '']
    const files = [
      '--tls-cert-file',
      pem.certificate,
      '--tls-key-file',
      pem.key,
      '--tls-ca-cert-file',
      pem.authority,
    ]
    const rest = ['--tls-auth-clients', 'no', '--dir', await temporaryFolder(), '--requirepass', 'hush']
    server = spawn(program, [...options, ...files, ...rest], { stdio: ['ignore', 'pipe', 'ignore'] })
    let log = ''
    server.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text))
    await until(() => {
      if (server.exitCode !== null) throw new Error(`Redis did not start with TLS:\n${log}`)
      return log.includes('eady to accept connections')
    })
    url = `rediss://:hush@localhost:${port}`
  })

  afterAll(() => server.kill())

  it('is published to when its certificate is trusted', async () => {
    const { code, stderr } = await relay(url, { NODE_EXTRA_CA_CERTS: pem.authority })
    expect(code, stderr).toBe(0)
    expect(await waiting(db)).toBe(0)
  })

  it.each([
    ['nobody vouches for it', {}],
    ['another authority does', { NODE_EXTRA_CA_CERTS: 'stranger' as const }],
    ['the environment switches verification off', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  ])('is refused when %s', async (_why, env: Record<string, string>) => {
    const given = 'NODE_EXTRA_CA_CERTS' in env ? { NODE_EXTRA_CA_CERTS: pem.stranger } : env
    const { code, stderr } = await relay(url, given)
    expect(code, stderr).toBe(1)
    expect(stderr).toMatch(/certificate|signature/)
    expect(stderr).not.toContain('hush')
    expect(await waiting(db)).toBe(5)
  })

  it('is refused under a name that its certificate does not state', async () => {
    const { code, stderr } = await relay(url.replace('localhost', '127.0.0.1'), {
      NODE_EXTRA_CA_CERTS: pem.authority,
    })
    expect(code, stderr).toBe(1)
    expect(stderr).toContain('127.0.0.1')
    expect(await waiting(db)).toBe(5)
  })

  it('takes no redis:// connection, and the doctor says so of both schemes', async () => {
    const { code } = await relay(url.replace('rediss:', 'redis:'))
    expect(code).toBe(1)
    expect(await waiting(db)).toBe(5)
    for (const redisUrl of [url, url.replace('rediss:', 'redis:')]) {
      expect((await checkRedis({ redisUrl })).problems, redisUrl).toHaveLength(1)
    }
  })
})
