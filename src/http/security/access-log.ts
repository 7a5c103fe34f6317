import { LogController, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Problem } from '../responses/problem.js'

/**
 * Logs a request in one line: reads at debug, changes and refused requests at info, failures of the service at warn or error.
 * Leaves out the query string and all headers: they may contain a key.
 */
export function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { failure, method } = request
  const quiet = method === 'GET' || method === 'HEAD'
  if (failure === undefined && quiet && !logger.isLevelEnabled('debug')) return
  const line = {
    request: request.id,
    key: request.caller?.id,
    method,
    path: request.url.split('?', 1)[0],
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(failure === undefined ? {} : { problem: failure.slug, reason: reasonOf(failure) }),
  }
  if (failure === undefined) logger[quiet ? 'debug' : 'info'](line, 'request')
  else if (request.routeOptions.config.probe) logger.debug(line, 'request failed')
  else if (failure.status === 500) logger.error({ ...line, err: failure.cause }, 'request failed')
  else if (failure.status > 500) logger.warn(line, 'request failed')
  else logger[failure.status === 429 ? 'debug' : 'info'](line, 'request refused')
}

/** Returns the cause of a problem, which its document leaves out, or else its detail. */
function reasonOf({ cause, message }: Problem): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}

/** Turns off fastify's own lines about requests, which logRequest writes. Logs only responses that break off. */
export class QuietRequests extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: 'request' })
  }

  override streamError(error: Error, request: FastifyRequest): void {
    const gone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
    request.log[gone ? 'debug' : 'warn']({ err: error }, 'response broken off')
  }
}
