import { createServer } from 'node:net'
import { Redis } from 'ioredis'
import { beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/cluster.js'
import type { Finding } from '../../src/doctor/finding.js'
import { redisUrl, runCli, testDatabase, type TestDatabase } from '../support/index.js'
import { findingOf, findings } from './support.js'

const PASSWORD = 'hunter2-secret'

describe('a PostgreSQL that cannot be used', () => {
  it('nobody listens: that is the only finding, exit code 1, and no password is printed', async () => {
    const port = await freePort()
    const env = {
      DATABASE_URL: `postgres://bob:${PASSWORD}@127.0.0.1:${port}/market`,
      REDIS_URL: 'redis://127.0.0.1:1',
    }
    const { code, stdout, stderr } = await runCli(['doctor'], { env })
    expect(code).toBe(1)
    expect(stderr).toBe('')
    expect(stdout).toBe(`FAIL  connection  cannot connect as bob in market at 127.0.0.1:${port}
      connect ECONNREFUSED 127.0.0.1:${port}
      remedy: pg_isready -h 127.0.0.1 -p ${port} says whether a server answers there; start it, or correct the address: export DATABASE_URL=postgres://user@host:5432/database

1 check: 0 passed, 0 to look at, 1 failed
`)
    const json = await runCli(['doctor', '--json'], { env })
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'FAIL', findings: [{ check: 'connection' }] })
    expect(stdout + json.stdout + json.stderr).not.toContain(PASSWORD)
  })

  it('there is no such database, no such host, no sense in the URL', async () => {
    const db = await testDatabase(import.meta.url)
    const [missing] = await findings(db.url.replace(db.name, 'no_such_market'))
    expect(missing).toMatchObject({
      status: 'FAIL',
      problems: [{ problem: 'database "no_such_market" does not exist' }],
    })
    expect(missing!.problems[0]!.remedy).toMatch(/^createdb -h \S+ -p \d+ -U \w+ no_such_market$/)
    const [host] = await findings(`postgres://bob:${PASSWORD}@no-such-host.invalid/market`)
    expect(host!.problems[0]!.remedy).toMatch(/^Correct the host name: /)
    const [nonsense] = await findings(`postgres://bob:${PASSWORD}@[::1/market`)
    expect(nonsense).toMatchObject({
      status: 'FAIL',
      problems: [{ remedy: expect.stringMatching(/^Write postgres:\/\/user/) as string }],
    })
    expect(JSON.stringify([host, nonsense])).not.toContain(PASSWORD)
  })

  it('somebody listens who does not speak', { timeout: 30_000 }, async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as { port: number }
    const [finding] = await findings(`postgres://bob@127.0.0.1:${port}/market`, { timeoutMs: 300 })
    silent.close()
    expect(finding).toMatchObject({ status: 'FAIL', problems: [{ problem: 'timeout expired' }] })
  })
})

describe('Redis', () => {
  let db: TestDatabase
  const redis = (url: string): Promise<Finding> => findingOf(db.url, 'redis', { redisUrl: url })

  beforeAll(async () => {
    db = await testDatabase(import.meta.url)
  })

  it('answers', async () => {
    expect(await redis(redisUrl())).toMatchObject({
      status: 'PASS',
      problems: [],
      summary: expect.stringMatching(/ answers$/) as string,
    })
  })

  it('is taken from REDIS_URL, and its failure hides nothing else', async () => {
    const port = await freePort()
    const url = `redis://bob:${PASSWORD}@127.0.0.1:${port}`
    const { code, stdout } = await runCli(['doctor'], { env: { DATABASE_URL: db.url, REDIS_URL: url } })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^PASS {2}drift /m)
    expect(stdout).toContain(`redis://127.0.0.1:${port}: connect ECONNREFUSED`)
    expect(stdout).toContain(`remedy: redis-cli -u redis://127.0.0.1:${port} ping says whether it answers`)
    expect(stdout).not.toContain(PASSWORD)
  })

  it('refuses the password, or the script of the relay', async () => {
    const admin = new Redis(redisUrl())
    const user = `doctor_${process.pid}`
    try {
      await admin.call('ACL', 'SETUSER', user, 'on', `>${PASSWORD}`, '+ping', '+client', '+info')
      const url = new URL(redisUrl())
      url.username = user
      url.password = PASSWORD
      expect(await redis(url.href)).toMatchObject({
        status: 'FAIL',
        problems: [
          {
            problem: expect.stringContaining('NOPERM') as string,
            remedy: expect.stringContaining('+eval +publish') as string,
          },
        ],
      })
      url.password = 'wrong'
      const wrong = await redis(url.href)
      expect(wrong.problems[0]!.problem).toContain('WRONGPASS')
      expect(wrong.problems[0]!.remedy).toMatch(/^Correct user and password in REDIS_URL/)
    } finally {
      await admin.call('ACL', 'DELUSER', user)
      admin.disconnect()
    }
  })

  it('is not a URL', async () => {
    expect(await redis(`http://bob:${PASSWORD}@host`)).toMatchObject({
      status: 'FAIL',
      summary: 'the Redis URL is not valid',
    })
  })
})
