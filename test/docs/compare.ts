/** Patterns of values that differ between runs, with their replacements. */
const VOLATILE: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d/g, '<time with zone>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d/g, '<time of SQL>'],
  [/\b[\d,]+(\.\d+)? (ms|s|min|h)\b/g, '<duration>'],
  [/127\.0\.0\.1:\d+/g, '<address>'],
  [/\b[0-9a-f]{16,}\b/g, '<digest>'],
  [/\buv_[\w-]{20,}/g, '<key>'],
]

/** Values of which only the type is fixed. */
const MEASURED =
  /(^|[._])(seq|ms|milliseconds|seconds|ns|bytes|hits|misses|hit_ratio|loads|made|kept|answers|calls|version|group_id|median|p95|longest)$/

/** Replaces everything that differs between runs by its kind. */
export function settled(text: string): string {
  return VOLATILE.reduce((so, [pattern, kind]) => so.replace(pattern, kind), text)
}

/** Days before a message within which a bare date in it counts as recent. */
const RECENT_DAYS = 7

/** Normalizes bare dates of the week before the timestamp of a message: the dates in examples do not change. */
export function withRecentDays<Message extends { timestamp: string }>(message: Message): Message {
  const sent = Date.parse(message.timestamp.slice(0, 10))
  const text = JSON.stringify(message).replace(/"(\d{4}-\d\d-\d\d)"/g, (quoted, day: string) => {
    const age = (sent - Date.parse(day)) / 86_400_000
    return age >= 0 && age <= RECENT_DAYS ? '"<recent day>"' : quoted
  })
  return JSON.parse(text) as Message
}

/**
 * Compares a response with the one in the document and returns the differences. Keys, types and values must be equal,
 * except for times, ids and measurements. `"..."` as the last element of an array, or as a key, stands for more of the same.
 */
export function differences(shown: unknown, real: unknown, path = '$'): string[] {
  if (Array.isArray(shown))
    return Array.isArray(real) ? ofArrays(shown, real, path) : [unequal(shown, real, path)]
  if (isObject(shown)) return isObject(real) ? ofObjects(shown, real, path) : [unequal(shown, real, path)]
  if (typeof shown === typeof real && MEASURED.test(path)) return []
  if (typeof shown === 'string' && typeof real === 'string')
    return matches(shown, real) ? [] : [unequal(shown, real, path)]
  return shown === real ? [] : [unequal(shown, real, path)]
}

/** True if both texts are equal apart from volatile values; three dots at the end stand for the rest. */
function matches(shown: string, real: string): boolean {
  const [left, right] = [settled(shown), settled(real)]
  return shown.endsWith(' ...') ? right.startsWith(left.slice(0, -4)) : left === right
}

function ofArrays(shown: unknown[], real: unknown[], path: string): string[] {
  const open = shown.at(-1) === '...'
  const items = open ? shown.slice(0, -1) : shown
  if (open ? real.length < items.length : real.length !== items.length)
    return [`${path}: ${items.length} elements are shown, ${real.length} came`]
  return items.flatMap((item, place) => differences(item, real[place], `${path}[${place}]`))
}

function ofObjects(shown: Record<string, unknown>, real: Record<string, unknown>, path: string): string[] {
  const missing = Object.keys(shown).filter((key) => key !== '...' && !(key in real))
  const hidden = '...' in shown ? [] : Object.keys(real).filter((key) => !(key in shown))
  return [
    ...missing.map((key) => `${path}.${key}: is shown and did not come`),
    ...hidden.map(
      (key) => `${path}.${key}: came and is not shown: ${JSON.stringify(real[key])?.slice(0, 200)}`,
    ),
    ...Object.keys(shown)
      .filter((key) => key !== '...' && key in real)
      .flatMap((key) => differences(shown[key], real[key], `${path}.${key}`)),
  ]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unequal(shown: unknown, real: unknown, path: string): string {
  return `${path}: shown ${JSON.stringify(shown)}, came ${JSON.stringify(real)?.slice(0, 300)}`
}

/**
 * Compares printed text with the document line by line; runs of blanks and table rules count as one. A line `...` stands for
 * any number of lines, three dots at the end of a line for its rest.
 */
export function lineDifferences(shown: string, printed: string): string[] {
  const [left, right] = [plain(shown), plain(printed)]
  let at = 0
  for (let place = 0; place < left.length; place += 1) {
    const line = left[place]!
    if (line === '...') {
      const next = left[place + 1]
      if (next === undefined) return []
      while (at < right.length && !fits(next, right[at]!)) at += 1
    } else {
      if (at >= right.length) return [`shown "${line}", nothing more was printed`]
      if (!fits(line, right[at]!)) return [`shown "${line}", printed "${right[at]}"`]
      at += 1
    }
  }
  return at < right.length ? [`printed and not shown: "${right[at]}"`] : []
}

function fits(shown: string, printed: string): boolean {
  return shown.endsWith(' ...') ? printed.startsWith(shown.slice(0, -4)) : shown === printed
}

function plain(text: string): string[] {
  return settled(text)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').replace(/-{2,}/g, '--').trim())
    .filter((line) => line !== '')
}

/** Compares streams of server-sent events: ids must be outbox numbers, data is compared as JSON. */
export function eventDifferences(shown: string, printed: string): string[] {
  const [left, right] = [events(shown), events(printed)]
  const open = left.indexOf('...')
  if (open < 0) return differences(left, right, 'events')
  const tail = left.length - open - 1
  return [
    ...differences(left.slice(0, open), right.slice(0, open), 'events'),
    ...differences(left.slice(open + 1), right.slice(right.length - tail), 'last events'),
  ]
}

function events(text: string): unknown[] {
  return text
    .split(/\n\n+/)
    .filter((event) => event.trim() !== '')
    .map((event) => {
      if (event.trim() === '...') return '...'
      const fields = event
        .split('\n')
        .map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)])
      const { id, data, ...others } = Object.fromEntries(fields) as Record<string, string>
      return {
        ...others,
        ...(id === undefined ? {} : { seq: Number(id) }),
        ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
      }
    })
}
