import { LogController, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Problem } from '../responses/problem.js'

/**
 * One line per request: reads at debug, what changes something or failed at info, what we could not answer at warn or
 * error. The query string stays out of it, as does every header: somebody may have put a key there.
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

/** What the client was not told, where there is more to say. */
function reasonOf({ cause, message }: Problem): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}

/** Leaves the lines about requests to logRequest; what breaks once an answer is on its way is logged here. */
export class QuietRequests extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: 'request' })
  }

  override streamError(error: Error, request: FastifyRequest): void {
    const gone = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE'
    request.log[gone ? 'debug' : 'warn']({ err: error }, 'answer broken off')
  }
}
