/** Shown where there is no value. */
export const NOTHING = '–'

const SCALES = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
] as const

/** `5,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `5,567 stocks`, `1 stock`; nouns that end in y become -ies. */
export function formatCounted(count: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** `19.27 %` */
export function formatPercent(percent: number | null): string {
  return percent === null ? NOTHING : `${percent.toFixed(2)} %`
}

/** US dollars in the largest unit of T, B and M: `15.22 T`. */
export function formatDollars(dollars: number | null): string {
  if (dollars === null) return NOTHING
  const [unit, name] = SCALES.find(([scale]) => dollars >= scale) ?? [1, '']
  return unit === 1 ? formatCount(dollars) : `${(dollars / unit).toFixed(2)} ${name}`
}

/** `2026-11-21 12:01`, in UTC. */
export function formatTime(timestamp: string | null): string {
  return timestamp === null ? NOTHING : new Date(timestamp).toISOString().slice(0, 16).replace('T', ' ')
}

/** `+12`; empty for 0. */
export function formatDelta(count: number, sign: '+' | '−'): string {
  return count === 0 ? '' : sign + formatCount(count)
}
