import { ApiError } from './api.js'
import type { Overview } from '../documents/overview.js'
import { byId, h, put, type Child } from './dom.js'
import { dateTime } from './format.js'
import { keyButton } from './key.js'
import { explain } from './problem.js'

type Seen = { overview: Overview; isStale: boolean } | { error: unknown; look: () => void }

/** Time of the figures on the page. */
let seenAt = ''

/** Shows the state of the service in the header, and a banner while something is wrong. */
export function showBanner(seen: Seen): void {
  if ('error' in seen) return trouble(seen.error, seen.look)
  const { overview, isStale } = seen
  seenAt = overview.generated_at
  const { stale } = overview.cache
  if (isStale) {
    state('bad', 'Database down')
    banner(
      `The database does not answer. The page shows data of ${dateTime(seenAt)} and retries automatically.`,
    )
  } else if (stale) {
    state('warn', 'Cache stale')
    banner(
      `The relationship cache has been stale since ${dateTime(stale.since)}: ${stale.reason}. Its responses may be out of date.`,
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
  const older = seenAt === '' ? '' : ` The page shows data of ${dateTime(seenAt)}.`
  state('bad', status === 0 ? 'No answer' : 'Trouble')
  banner(`${title}. ${detail} ${hint}${older} The page retries automatically.`)
}

/** Updates the banner only if its text changes, so that screen readers do not repeat it. */
function banner(...text: Child[]): void {
  const element = byId('banner')
  const next = h('p', {}, text)
  if (text.length > 0 && element.textContent === next.textContent) return
  put(element, text.length > 0 && next)
  element.hidden = text.length === 0
}

function state(tone: string, text: string): void {
  const element = byId('state')
  element.dataset['state'] = tone
  if (element.textContent !== text) element.textContent = text
}
