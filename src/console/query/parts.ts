import pc from 'picocolors'
import { renderTable } from '../text.js'
import { formatTime } from '../format.js'

/** Renders name and title in one line, with the time of a past state. */
export function renderHeading(
  name: string,
  title: string | null | undefined,
  { at, environment }: { at: string | null; environment: string },
): string {
  const heading = [pc.bold(name), title && title !== name ? title : ''].filter((part) => part !== '')
  if (environment !== 'DEFAULT' && !name.includes(environment))
    heading.push(pc.dim(`environment ${environment}`))
  if (at !== null) heading.push(pc.yellow(`as of ${formatTime(at)} UTC`))
  return heading.join('  ')
}

/** Renders facts by title, one per line; omits those without a value. */
export function renderFacts(facts: Readonly<Record<string, string | undefined>>): string {
  const rows = Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined)
  const table = rows.map(([title, text]) => [pc.dim(title), text])
  return renderTable(['', ''], table).replace(/^\n/, '')
}

/** Renders a titled section; empty if its body is empty. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `${pc.bold(title)}\n${body}`
}

/** Reason of a membership: the file and line, else the rule. */
export function why({ file, line, reason }: WhyParts): string {
  return file !== null && line !== null ? `${file} line ${line}` : (reason ?? '')
}

interface WhyParts {
  file: string | null
  line: number | null
  reason: string | null
}
