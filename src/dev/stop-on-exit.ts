const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const stops = new Set<() => void>()

/**
 * Calls `stop` when this process ends, also by a signal that nobody else handles; SIGKILL excepted.
 * `stop` must be synchronous. Returns a function that takes the request back.
 */
export function stopOnExit(stop: () => void): () => void {
  if (stops.size === 0) {
    process.on('exit', stopAll)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  }
  stops.add(stop)
  return () => {
    if (!stops.delete(stop) || stops.size > 0) return
    process.off('exit', stopAll)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

function stopAll(): void {
  for (const stop of stops) stop()
}

/** Whoever else listens decides when to end; alone, we stop what we started and let the signal do its work. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  stopAll()
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
}
