import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { QuietRequests } from './security/access-log.js'
import { setSecurityHeaders } from './security/headers.js'
import { problem, toProblem, type Problem } from './responses/problem.js'
import type { App } from './routes/route.js'
import type { Service } from './service.js'
import { validatorCompiler } from './schemas/validation.js'

/** How long the server waits for its clients, in milliseconds. */
export interface Timeouts {
  /** For all headers of a request. */
  headers: number
  /** For a whole request: the largest upload, over a slow line. */
  request: number
  /** For a sign of life of a client that is sent an answer. A route that works for longer lifts it. */
  idle: number
  /** For the next request. Longer than proxies keep a connection: none must find one that was just closed. */
  keepAlive: number
}

const TIMEOUTS: Timeouts = { headers: 20_000, request: 300_000, idle: 120_000, keepAlive: 76_000 }

/** How the server is set up. */
export interface ServerOptions {
  /** Addresses or networks of proxies whose X-Forwarded headers are believed. */
  trustProxy?: string | undefined
  timeouts?: Partial<Timeouts> | undefined
}

/** A server without routes: what it accepts, how long it waits, how it says no. */
export function createServer({ limits, logger }: Service, options: ServerOptions): App {
  const loggerInstance: FastifyBaseLogger = logger
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const app = fastify({
    loggerInstance,
    logController: new QuietRequests(),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    keepAliveTimeout: timeouts.keepAlive,
    // Node looks for clients that are late this often.
    http: {
      headersTimeout: timeouts.headers,
      connectionsCheckingInterval: Math.min(5_000, timeouts.headers),
    },
    forceCloseConnections: 'idle',
    // Whoever is still connected while the service ends gets an answer as long as there are any.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(request.raw, reply.raw)
      reply.header('x-request-id', request.id)
      sendProblem(toProblem(error), request, reply)
    },
    clientErrorHandler: refuseConnection,
  }).withTypeProvider<TypeBoxTypeProvider>() as App
  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setErrorHandler((error, request, reply) => sendProblem(toProblem(error), request, reply))
  return app
}

/** Answers with a problem document, and leaves the problem to the log. */
function sendProblem(found: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.failure = found
  return reply
    .code(found.status)
    .headers(found.headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(found.document(`urn:uuid:${request.id}`)))
}

/** What could not even be read as a request. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  // An answer that has begun, to a request that has not ended: nothing may be written into it.
  const { _httpMessage: begun } = socket as Socket & { _httpMessage?: { headersSent: boolean } }
  if (error.code === 'ECONNRESET' || !socket.writable || begun?.headersSent) return void socket.destroy()
  const found = connectionProblem(error.code)
  const body = JSON.stringify(found.document(`urn:uuid:${randomUUID()}`))
  const head = [
    `HTTP/1.1 ${found.status} ${found.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function connectionProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problem(408, 'request-timeout', 'Request Timeout', 'The request did not arrive in time.')
  if (code === 'HPE_HEADER_OVERFLOW')
    return problem(431, 'headers-too-large', 'Request Header Fields Too Large', 'The headers are too large.')
  return problem(400, 'bad-request', 'Bad Request', 'This is not a valid HTTP request.')
}
