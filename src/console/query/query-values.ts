import pc from 'picocolors'
import { renderTable } from '../text.js'
import { formatMoment } from '../report/report-values.js'

/** Name and title in one line; at a past moment with that moment. */
export function renderHeading(
  name: string,
  title: string | null | undefined,
  { at, environment }: { at: string | null; environment: string },
): string {
  const heading = [pc.bold(name), title && title !== name ? title : ''].filter((part) => part !== '')
  if (environment !== 'DEFAULT' && !name.includes(environment))
    heading.push(pc.dim(`environment ${environment}`))
  if (at !== null) heading.push(pc.yellow(`as of ${formatMoment(at)} UTC`))
  return heading.join('  ')
}

/** Facts with their titles, one per line; those without a value are left out. */
export function renderFacts(facts: Readonly<Record<string, string | undefined>>): string {
  const rows = Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined)
  const table = rows.map(([title, text]) => [pc.dim(title), text])
  return renderTable(['', ''], table).replace(/^\n/, '')
}

/** A titled part; nothing when its body is empty. */
export function section(title: string, body: string): string {
  return body === '' ? '' : `${pc.bold(title)}\n${body}`
}

/** Why a membership began: the file and its line, else the rule. */
export function why({ file, line, reason }: WhyParts): string {
  return file !== null && line !== null ? `${file} line ${line}` : (reason ?? '')
}

interface WhyParts {
  file: string | null
  line: number | null
  reason: string | null
}
