/** The answer, or `otherwise` when it has not come within `milliseconds`, or failed. */
export async function inTime<T, U>(
  answer: Promise<T>,
  milliseconds: number,
  otherwise: (error?: unknown) => U,
): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<U>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), milliseconds)
  })
  try {
    return await Promise.race([answer.catch((error: unknown) => otherwise(error)), elapsed])
  } finally {
    clearTimeout(timer)
  }
}

/** A function whose callers share the answer that is on its way. */
export function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined
  return () =>
    (underWay ??= ask().finally(() => {
      underWay = undefined
    }))
}
