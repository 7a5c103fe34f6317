import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_MS = 100
const MAX_MS = 2_000

/**
 * Returns the milliseconds to wait after `attempt` failures in a row (from 0): 100, 200, 400 ... up to `maxMs`, less a random
 * part of up to one half, so that processes that lost the same server do not all come back at the same time.
 */
export function backoffMs(attempt: number, maxMs = MAX_MS): number {
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), maxMs)
  return Math.round(ceiling * (1 - Math.random() / 2))
}

/** Waits before the next attempt. Resolves early when `signal` aborts; never rejects. */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  await sleep(backoffMs(attempt), undefined, { signal }).catch(() => undefined)
}
