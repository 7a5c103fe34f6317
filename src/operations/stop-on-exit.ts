const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const stops = new Set<() => void>()

/**
 * Calls `stop` when this process exits, also on a signal without another handler; not on SIGKILL. `stop` must be
 * synchronous. Returns a function that cancels the registration.
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

/** Leaves the exit to other handlers if there are any; otherwise stops everything and raises the signal again. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  stopAll()
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
}
