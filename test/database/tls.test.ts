import { createServer, type AddressInfo, type Server } from 'node:net'
import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { migrateUp } from '../../src/database/migrate.js'
import { connectionConfig } from '../../src/database/tls.js'
import { examine } from '../../src/doctor/doctor.js'
import type { UniversesError } from '../../src/errors.js'
import { runCli, spawnCli, startPostgres, type PostgresServer } from '../support/index.js'
import { hasOpenssl, makeCertificates, type Certificates } from './certificates.js'

const NOTHING = {}
const BASE = 'postgres://bob:hush@db.example:5433/market'

function refusal(url: string | undefined, env: NodeJS.ProcessEnv = NOTHING): UniversesError {
  try {
    connectionConfig(url, env)
  } catch (thrown) {
    return thrown as UniversesError
  }
  throw new Error(`not refused: ${url}`)
}

async function failure(url: string): Promise<UniversesError> {
  return connect({ url, schema: 'public', timeoutMs: 10_000 }).then(
    async (client) => {
      await client.end()
      throw new Error(`connected: ${url}`)
    },
    (thrown: unknown) => thrown as UniversesError,
  )
}

describe('what a URL asks for', () => {
  it('is no TLS where nothing asks for it, and everything else of the URL stays as it is', () => {
    const plain = `${BASE}?application_name=a%20b&options=-c%20x.y%3D1`
    expect(connectionConfig(plain, NOTHING)).toEqual({ connectionString: plain, ssl: false })
    expect(connectionConfig(`${BASE}?sslmode=disable`, NOTHING)).toEqual({
      connectionString: BASE,
      ssl: false,
    })
    expect(connectionConfig(`${plain}&sslmode=verify-full`, NOTHING)).toEqual({
      connectionString: plain,
      ssl: { rejectUnauthorized: true },
    })
    expect(connectionConfig(undefined, NOTHING)).toEqual({ ssl: false })
  })

  it('may come from PGSSLMODE, which a URL overrules', () => {
    const env = { PGSSLMODE: 'verify-full' }
    expect(connectionConfig(undefined, env)).toEqual({ ssl: { rejectUnauthorized: true } })
    expect(connectionConfig(BASE, env)).toMatchObject({ ssl: { rejectUnauthorized: true } })
    expect(connectionConfig(`${BASE}?sslmode=disable`, env)).toMatchObject({ ssl: false })
    expect(connectionConfig(BASE, { PGSSLMODE: '' })).toMatchObject({ ssl: false })
  })

  it('is no TLS on a local socket, as in psql', () => {
    for (const url of ['postgres:///market?host=/run', 'postgres://%2Frun/market', '/run market']) {
      expect(connectionConfig(url, { PGSSLMODE: 'require' }), url).toMatchObject({ ssl: false })
    }
  })

  it.each([
    ...['requrie', 'prefer', 'allow', 'no-verify', 'REQUIRE', 'true', ''].map((mode) => `sslmode=${mode}`),
    'ssl=true',
    'ssl=tru',
    'ssl=0',
    'SSLMODE=require',
    'ssl_mode=require',
    'slmode=require',
    'requiressl=1',
    'sslmode=require&sslmode=disable',
    'sslmode=disable&sslmode=require',
    'channel_binding=require',
    'sslcrl=/x&sslmode=verify-full',
    'sslrootcert=/etc/ca.pem',
    'sslmode=require&sslrootcert=system',
    'sslmode=verify-ca&sslrootcert=/no/such/ca.pem',
    'sslmode=require&sslcert=/no/such/cert.pem',
    'application_name=x#&sslmode=require',
  ])('is refused when it is unclear: ?%s', (query) => {
    const { exitCode, message, hint } = refusal(`${BASE}?${query}`)
    expect(exitCode).toBe(2)
    expect(hint).not.toBe('')
    expect(`${message} ${hint}`).not.toContain('hush')
  })

  it.each([
    'localhost:5432/market',
    'host=localhost dbname=market',
    'http://db.example',
    'postgres://[::1/x',
  ])('is refused when the URL is none: %s', (url) => {
    expect(refusal(url)).toMatchObject({ exitCode: 2, message: 'the PostgreSQL URL is not valid' })
  })

  it('names the value, and what may stand there', () => {
    const { message, hint } = refusal(`${BASE}?sslmode=requrie`)
    expect(message).toBe('sslmode is "requrie", which is not one of disable, require, verify-ca, verify-full')
    expect(hint).toContain('require encrypts')
    expect(refusal(undefined, { PGSSLMODE: 'allow' }).message).toBe(
      'PGSSLMODE is "allow", which is not one of disable, require, verify-ca, verify-full',
    )
  })

  it('is a usage error of every command, of the relay and of the library, before anything is sent', async () => {
    const { server, url, received } = await recorder('N')
    const bad = `${url}?sslmode=prefer`
    for (const command of [
      ['refresh'],
      ['migrate', 'status'],
      ['relay', '--once', '--sink', 'stdout'],
      ['relay', '--sink', 'stdout'],
    ]) {
      const { code, stderr } = await runCli(command, { env: { DATABASE_URL: bad } })
      expect(code, `${command.join(' ')}: ${stderr}`).toBe(2)
      expect(stderr).toContain('sslmode is "prefer"')
      expect(stderr).toContain('remedy: verify-full checks')
    }
    const viaVariable = await runCli(['validate'], { env: { DATABASE_URL: url, PGSSLMODE: 'allow' } })
    expect(viaVariable).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PGSSLMODE is "allow"') as string,
    })
    expect(await failure(bad)).toMatchObject({ exitCode: 2 })
    expect(received()).toEqual([])
    server.close()
  })
})

/** Starts a server that answers every message with the same bytes. */
async function recorder(answer: string): Promise<{ server: Server; url: string; received: () => string[] }> {
  const messages: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      messages.push(data.toString('latin1'))
      socket.write(answer)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return { server, url: `postgres://bob:hush@127.0.0.1:${port}/market`, received: () => messages }
}

describe('a server without TLS', () => {
  let server: PostgresServer

  beforeAll(async () => {
    server = await startPostgres()
  })

  it.each(['require', 'verify-ca', 'verify-full'])('is not talked to with sslmode=%s', async (mode) => {
    expect(await failure(`${server.url}?sslmode=${mode}`)).toMatchObject({
      message: 'cannot connect to PostgreSQL: The server does not support SSL connections',
      hint: expect.stringContaining('ssl = on') as string,
      exitCode: 1,
    })
  })

  it('learns neither user nor password, though it may claim to have no TLS', async () => {
    const { server: liar, url, received } = await recorder('N')
    await failure(`${url}?sslmode=require`)
    const SSL_REQUEST = '\x00\x00\x00\x08\x04\xd2\x16\x2f'
    expect(received()).toEqual([SSL_REQUEST])
    liar.close()
  })

  it('is named by the doctor with the remedy', async () => {
    const [finding] = await examine({ url: `${server.url}?sslmode=require`, schema: 'public', redisUrl: '' })
    expect(finding).toMatchObject({
      status: 'FAIL',
      problems: [{ remedy: expect.stringContaining('ssl = on') as string }],
    })
  })
})

describe.skipIf(!hasOpenssl)('a server with TLS', () => {
  let server: PostgresServer
  let pem: Certificates
  let byName: string
  let byAddress: string

  beforeAll(async () => {
    pem = await makeCertificates('DNS:localhost')
    server = await startPostgres({ ssl: 'on', ssl_cert_file: pem.certificate, ssl_key_file: pem.key })
    byAddress = server.url
    byName = server.url.replace('127.0.0.1', 'localhost')
    await migrateUp({ url: server.url, schema: 'public' })
  })

  const encrypted = async (client: pg.ClientBase): Promise<boolean> => {
    const { rows } = await client.query<{ ssl: boolean }>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    )
    return rows[0]!.ssl
  }

  const connected = async (url: string): Promise<boolean> => {
    const client = await connect({ url, schema: 'public' })
    try {
      return await encrypted(client)
    } finally {
      await client.end()
    }
  }

  it('is talked to as the URL says', async () => {
    expect(await connected(byName)).toBe(false)
    expect(await connected(`${byName}?sslmode=disable`)).toBe(false)
    expect(await connected(`${byName}?sslmode=require`)).toBe(true)
    expect(await connected(`${byAddress}?sslmode=verify-ca&sslrootcert=${pem.authority}`)).toBe(true)
    expect(await connected(`${byName}?sslmode=verify-full&sslrootcert=${pem.authority}`)).toBe(true)
  })

  it('has to prove who it is', async () => {
    const untrusted = [
      `${byName}?sslmode=verify-full`,
      `${byName}?sslmode=verify-ca`,
      ...['require', 'verify-ca', 'verify-full'].map(
        (mode) => `${byName}?sslmode=${mode}&sslrootcert=${pem.stranger}`,
      ),
    ]
    for (const url of untrusted) {
      const error = await failure(url)
      expect(error.message, url).toMatch(/^cannot connect to PostgreSQL: .*(certificate|signature)/)
      expect(error.hint, url).toContain('sslrootcert=')
    }
    const wrongName = await failure(`${byAddress}?sslmode=verify-full&sslrootcert=${pem.authority}`)
    expect(wrongName.message).toContain('IP: 127.0.0.1')
    expect(wrongName.hint).toContain('Connect by a name')
  })

  it('cannot be trusted by an environment that switches verification off', async () => {
    const env = { DATABASE_URL: `${byName}?sslmode=verify-full`, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const { code, stderr } = await runCli(['migrate', 'status'], { env })
    expect(code).toBe(1)
    expect(stderr).toContain('cannot connect to PostgreSQL: ')
  })

  it('may be trusted by NODE_EXTRA_CA_CERTS or PGSSLROOTCERT', async () => {
    const url = `${byName}?sslmode=verify-full`
    for (const name of ['NODE_EXTRA_CA_CERTS', 'PGSSLROOTCERT']) {
      const { code, stderr } = await runCli(['migrate', 'status'], {
        env: { DATABASE_URL: url, [name]: pem.authority },
      })
      expect(code, `${name}: ${stderr}`).toBe(0)
      // No word of the driver about what its next version will make of the URL.
      expect(stderr).toBe('')
    }
  })

  it('is reached that way by a pool, by the migrations, and by both connections of the relay', async () => {
    const url = `${byName}?sslmode=verify-full&sslrootcert=${pem.authority}`
    const pool = new pg.Pool({ ...connectionConfig(url), max: 1 })
    const client = await pool.connect()
    expect(await encrypted(client)).toBe(true)
    const relay = spawnCli(['relay', '--sink', 'stdout'], { env: { DATABASE_URL: url } })
    await relay.waitFor(/relay is working/)
    const relays = async (): Promise<unknown[]> =>
      (
        await client.query<{ name: string; ssl: boolean }>(
          `SELECT a.application_name AS name, s.ssl FROM pg_stat_activity AS a JOIN pg_stat_ssl AS s USING (pid)
           WHERE a.application_name LIKE 'universes relay%' ORDER BY 1`,
        )
      ).rows
    await expect.poll(relays, { timeout: 30_000 }).toEqual([
      { name: 'universes relay', ssl: true },
      { name: 'universes relay (listen)', ssl: true },
    ])
    expect(await relay.stop()).toMatchObject({ code: 0 })
    client.release()
    await pool.end()
    expect(await runCli(['migrate', 'up'], { env: { DATABASE_URL: url } })).toMatchObject({ code: 0 })
  })
})
