const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** 48,445 */
export function number(value: number): string {
  return whole.format(value)
}

/** 900, 10K, 1.2M */
export function short(value: number): string {
  return compact.format(value)
}

/** 6.5, 12.34 */
export function fraction(value: number): string {
  return decimal.format(value)
}

/** 3 symbols, 1 universe, 2 entries */
export function count(value: number, noun: string): string {
  if (value === 1) return `1 ${noun}`
  return `${number(value)} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`
}

/** $4.03T */
export function dollars(value: number): string {
  return `$${compact.format(value)}`
}

/** 19.3 %; never rounded up to 100 %. */
export function percent(value: number): string {
  const cut = value >= 99.95 && value < 100 ? 99.9 : value
  return `${cut === 100 || cut === 0 ? cut : cut.toFixed(1)} %`
}

/** 840 ms, 1.25 s, 3 min 20 s, 2 h 5 min */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.max(0, Math.round(seconds * 1000))} ms`
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** just now, 4 min ago, 3 h ago, 2 days ago, 2026-01-23 */
export function ago(timestamp: string, now = Date.now()): string {
  const seconds = (now - Date.parse(timestamp)) / 1000
  if (seconds < 45) return 'just now'
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  if (seconds < 86_400 * 13.5) return count(Math.round(seconds / 86_400), 'day') + ' ago'
  return timestamp.slice(0, 10)
}

/** 2026-01-23 16:35:00, in the time zone of the browser. */
export function dateTime(timestamp: string): string {
  const at = new Date(timestamp)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${day(timestamp)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** 2026-01-23, in the time zone of the browser. */
export function day(timestamp: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(timestamp)) return timestamp
  const at = new Date(timestamp)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** 1.2 MB */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`
  return `${(value / 1e6).toFixed(1)} MB`
}

/** market_caps as Market caps */
export function words(name: string): string {
  return capital(name.replaceAll('_', ' '))
}

/** Capitalizes the first letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
