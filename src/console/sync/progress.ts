const DELAY_MS = 1000
const REDRAW_MS = 100

/** Progress line of the running step on stderr; `stop` removes it. */
export interface StepProgress {
  show(this: void, step: string, note?: string): void
  stop(this: void): void
}

/** Shows steps that run for more than a second, with their last note, if `isShown`. */
export function startStepProgress(isShown: boolean): StepProgress {
  let begun = 0
  let line = ''
  let drawn = false
  let timer: NodeJS.Timeout | undefined
  const draw = (): void => {
    const seconds = Math.floor((performance.now() - begun) / 1000)
    if (seconds * 1000 < DELAY_MS) return
    drawn = true
    process.stderr.write(`\r\u001b[K  ${line.slice(0, (process.stderr.columns || 80) - 10)} ${seconds} s`)
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    if (drawn) process.stderr.write('\r\u001b[K')
    drawn = false
  }
  const show = (step: string, note?: string): void => {
    line = note === undefined ? step : `${step}: ${note}`
    if (timer !== undefined) return
    begun = performance.now()
    timer = setInterval(draw, REDRAW_MS)
  }
  return isShown ? { show, stop } : { show: () => undefined, stop: () => undefined }
}
