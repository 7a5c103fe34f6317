import { ApiError } from './api.js'
import type { Overview } from '../documents/overview.js'
import { byId, h, put, type Child } from './dom.js'
import { dateTime } from './format.js'
import { keyButton } from './key.js'
import { explain } from './problem.js'

type Seen = { overview: Overview; isStale: boolean } | { error: unknown; look: () => void }

/** When the figures on the page were true. */
let seenAt = ''

/** Says in the header how the service does, and above the page when something is wrong. */
export function showBanner(seen: Seen): void {
  if ('error' in seen) return trouble(seen.error, seen.look)
  const { overview, isStale } = seen
  seenAt = overview.generated_at
  const { stale } = overview.cache
  if (isStale) {
    state('bad', 'Database down')
    banner(
      `The database does not answer. The page shows what was true at ${dateTime(seenAt)} and tries again by itself.`,
    )
  } else if (stale) {
    state('warn', 'Cache stale')
    banner(
      `The relationship cache is stale since ${dateTime(stale.since)}: ${stale.reason}. Its answers may be older than the database.`,
    )
  } else {
    state('good', 'Live')
    banner()
  }
}

function trouble(error: unknown, look: () => void): void {
  const { title, detail, hint, key } = explain(error)
  const status = error instanceof ApiError ? error.status : -1
  if (key) {
    state('warn', status === 401 ? 'No key' : 'Not allowed')
    return banner(`${title}. ${detail} ${hint}`, ' ', keyButton(look))
  }
  const older = seenAt === '' ? '' : ` The page shows what was true at ${dateTime(seenAt)}.`
  state('bad', status === 0 ? 'No answer' : 'Trouble')
  banner(`${title}. ${detail} ${hint}${older} It tries again by itself.`)
}

/** Says it only when it is new: a screen reader is not told the same every few seconds. */
function banner(...text: Child[]): void {
  const element = byId('banner')
  const said = h('p', {}, text)
  if (text.length > 0 && element.textContent === said.textContent) return
  put(element, text.length > 0 && said)
  element.hidden = text.length === 0
}

function state(tone: string, text: string): void {
  const element = byId('state')
  element.dataset['state'] = tone
  if (element.textContent !== text) element.textContent = text
}
