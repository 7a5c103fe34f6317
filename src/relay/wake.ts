/** A bell: any number of rings before or during a wait end one wait. */
export class Wake {
  #rung = false
  #answer: (() => void) | undefined

  /** Ends the wait under way, or else the next one. */
  ring(): void {
    this.#rung = true
    this.#answer?.()
  }

  /** Waits for a ring, at most `milliseconds`. True when it was a ring. */
  async wait(milliseconds: number): Promise<boolean> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        this.#answer = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#answer = undefined
    }
    const rung = this.#rung
    this.#rung = false
    return rung
  }
}
