/** Wakes one waiter: any number of `set` calls before or during a wait end that wait, and reset the event. */
export class AutoResetEvent {
  #isSet = false
  #release: (() => void) | undefined

  /** Ends the pending wait, else the next one. */
  set(): void {
    this.#isSet = true
    this.#release?.()
  }

  /** Waits for `set`, for at most `milliseconds`. Resolves with false on timeout. */
  async wait(milliseconds: number): Promise<boolean> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        this.#release = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#release = undefined
    }
    const wasSet = this.#isSet
    this.#isSet = false
    return wasSet
  }
}
