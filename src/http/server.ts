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

/** Time limits for clients, in milliseconds. */
export interface Timeouts {
  /** To send all headers of a request. */
  headers: number
  /** To send a whole request: enough for the largest upload over a slow connection. */
  request: number
  /** Without any traffic on the connection. A route that takes longer removes the limit. */
  idle: number
  /** To send the next request. Longer than proxies keep a connection, so that they never use one that was just closed. */
  keepAlive: number
}

const TIMEOUTS: Timeouts = { headers: 20_000, request: 300_000, idle: 120_000, keepAlive: 76_000 }

/** Options of the server. */
export interface ServerOptions {
  /** Addresses or networks of proxies whose X-Forwarded headers are trusted. */
  trustProxy?: string | undefined
  timeouts?: Partial<Timeouts> | undefined
}

/** Creates a server without routes: limits, timeouts and error responses. */
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
    // Node checks the timeouts at this interval.
    http: {
      headersTimeout: timeouts.headers,
      connectionsCheckingInterval: Math.min(5_000, timeouts.headers),
    },
    forceCloseConnections: 'idle',
    // Requests on open connections are still served while the service stops.
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

/** Sends a problem document, and keeps the problem for the log. */
function sendProblem(found: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.failure = found
  return reply
    .code(found.status)
    .headers(found.headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(found.document(`urn:uuid:${request.id}`)))
}

/** Responds to input that is not a valid HTTP request. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nothing may be written into a response that has begun.
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
