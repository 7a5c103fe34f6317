import { createHash } from 'node:crypto'
import { pino } from 'pino'
import { serve } from '../../src/http/serve.js'
import type { Scope } from '../../src/http/security/keys.js'
import type { RunningService, ServeOptions } from '../../src/http/service.js'
import { atEndOfFile } from './leftovers.js'

/** Options of `startService`: those of serve(), with keys as they are presented. */
export interface StartOptions extends Partial<Omit<ServeOptions, 'keys' | 'database'>> {
  /** Keys by scope: `{ read: 'uv_...' }`; the id of a key is its scope. None: everything is allowed. */
  keys?: Partial<Record<Scope, string>>
}

/** A service of a test file. */
export interface TestService extends RunningService {
  get(this: void, path: string, init?: RequestInit): Promise<Response>
  /** Sends `body` as JSON; what fetch knows how to send (FormData, text, bytes) as it is. */
  post(this: void, path: string, body?: unknown, init?: RequestInit): Promise<Response>
}

/** Starts the service in this process, on a free port of 127.0.0.1, without a limit of requests; closed at the end of the file. */
export async function startService(db: { url: string }, options: StartOptions = {}): Promise<TestService> {
  const { keys = {}, limits, ...given } = options
  const running = await serve({
    database: { url: db.url, schema: 'public' },
    environment: 'DEFAULT',
    host: '127.0.0.1',
    port: 0,
    logger: pino({ level: 'silent' }),
    ...given,
    keys: Object.entries(keys).map(([scope, key]) => ({
      id: scope,
      scope: scope as Scope,
      hash: createHash('sha256').update(key).digest(),
    })),
    limits: { requestsPerMinute: Infinity, ...limits },
  })
  const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(running.url + path, init)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= running.close())
  atEndOfFile(close)
  return {
    ...running,
    get,
    post: (path, body, init = {}) => get(path, { ...asBody(body, init), method: 'POST' }),
    close,
  }
}

function asBody(body: unknown, init: RequestInit): RequestInit {
  if (body === undefined) return init
  const raw = body instanceof FormData || body instanceof Uint8Array || typeof body === 'string'
  if (raw) return { ...init, body: body as NonNullable<RequestInit['body']> }
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { ...init, body: JSON.stringify(body), headers }
}
