/** A logarithmic scale from 0 on: a run of 3 changes still shows beside one of 30,000. */
export interface Scale {
  /** 0 for 0, 1 for the largest value. */
  at(this: void, value: number): number
  /** Values worth a line. */
  ticks: readonly number[]
}

/** A scale for values from 0 to `largest`; `unit` is the smallest value worth telling from 0. */
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
