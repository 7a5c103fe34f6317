import type { ConnectOptions } from '../database/connect.js'
import { SQLSTATE, UniversesError } from '../errors.js'
import { drain } from './drain.js'
import { Outbox } from './outbox.js'
import { SinkClosed, SinkError, type Sink } from './sink.js'

/**
 * Publishes the waiting events and returns their number. Rejects when a server cannot be reached or another relay holds the lock;
 * unpublished events stay in the outbox. Closes the sink.
 */
export async function relayOnce(database: ConnectOptions, sink: Sink): Promise<number> {
  let outbox: Outbox | undefined
  try {
    outbox = await Outbox.open(database)
    if (!(await outbox.lock())) throw busy()
    await sink.ready()
    return (await drain(outbox, sink, { after: '0' })).count
  } catch (error) {
    if (error instanceof SinkClosed) return 0
    throw error instanceof SinkError ? unavailable(sink, error) : error
  } finally {
    await Promise.allSettled([sink.close(), outbox?.close()])
  }
}

function busy(): UniversesError {
  return new UniversesError('another relay is working on this database', {
    code: SQLSTATE.busy,
    hint: 'It publishes what waits; there is nothing to do. To relay from here, stop the other one first.',
  })
}

function unavailable(sink: Sink, error: SinkError): UniversesError {
  return new UniversesError(`${sink.name} does not take the events: ${error.message}`, {
    cause: error,
    hint: 'Start it, or correct REDIS_URL or --redis-url. The events stay in the outbox; nothing is lost.',
  })
}
