import type { Wake } from '../relay/wake.js'

/** Passes every hint on to all who wait for one. */
export class Bells {
  readonly #wakes = new Set<Wake>()

  /** Has `wake` rung with the others. Returns a function that takes that back. */
  add(wake: Wake): () => void {
    this.#wakes.add(wake)
    return () => void this.#wakes.delete(wake)
  }

  /** Wakes everybody. */
  ring(): void {
    for (const wake of this.#wakes) wake.ring()
  }
}
