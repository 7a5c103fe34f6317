/** Resolves or rejects as `promise` does, or resolves with `onTimeout()` after `milliseconds`; the work itself is not cancelled. */
export async function withTimeout<T, U>(
  promise: Promise<T>,
  milliseconds: number,
  onTimeout: () => U,
): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<U>((resolve) => {
    timer = setTimeout(() => resolve(onTimeout()), milliseconds)
  })
  return Promise.race([promise, elapsed]).finally(() => clearTimeout(timer))
}

/** Coalesces concurrent calls: while one is pending, every caller gets its promise. */
export function singleFlight<T>(call: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined
  return () =>
    (pending ??= call().finally(() => {
      pending = undefined
    }))
}
