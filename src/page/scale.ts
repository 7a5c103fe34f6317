/** Logarithmic scale that starts at 0, so that 3 changes are visible beside 30,000. */
export interface Scale {
  /** Maps a value to 0 .. 1. */
  at(this: void, value: number): number
  /** Values of the grid lines. */
  ticks: readonly number[]
}

/** Creates a scale for 0 to `largest`; `unit` is the smallest value to distinguish from 0. */
export function logScale(largest: number, unit = 1): Scale {
  const size = (value: number): number => Math.log10(1 + Math.max(0, value) / unit)
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(largest, unit * 10) / unit) - 1e-9))
  const top = size(unit * 10 ** decades)
  const ticks = Array.from({ length: decades }, (_, index) => unit * 10 ** (index + 1))
  return {
    at: (value) => Math.min(1, size(value) / top),
    ticks: decades > 4 ? ticks.filter((_, i) => (decades - 1 - i) % 2 === 0) : ticks,
  }
}
