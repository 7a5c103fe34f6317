import type { DroppedRole, RoleProblem, RoleRight } from '../database/roles.js'
import { renderTable } from './text.js'

/** Objects that are named per group; of larger groups only the number is shown. */
const MAX_NAMES = 6

/** Renders the rights per role, kind of object and set of privileges; `verbose` names every object. */
export function renderRights(rights: readonly RoleRight[], prefix: string, verbose = false): string {
  const rows = group(rights).map(({ role, privileges, kind, objects }) => [
    `${prefix}_${role}`,
    privileges,
    objects.length === 1 ? kind : `${objects.length.toLocaleString('en-US')} ${plural(kind)}`,
    verbose || objects.length <= MAX_NAMES ? objects.join(', ') : '',
  ])
  return renderTable(['role', 'may', 'on', 'names'], rows)
}

/** Renders failed grants and warnings with their remedies. */
export function renderProblems(problems: readonly RoleProblem[]): string {
  return problems
    .map(({ status, problem, remedy }) => `${status}  ${problem}\n      remedy: ${remedy}`)
    .join('\n')
}

/** Renders the result of dropping each role. */
export function renderDropped(roles: readonly DroppedRole[]): string {
  return roles
    .map(({ role, dropped, members, reason }) => {
      const lost = members.length > 0 ? ` (members: ${members.join(', ')})` : ''
      return dropped ? `dropped ${role}${lost}` : `kept ${role}, which is needed elsewhere: ${reason}`
    })
    .join('\n')
}

interface Group {
  role: string
  privileges: string
  kind: string
  objects: string[]
}

/** Objects of one kind on which a role has the same privileges. */
function group(rights: readonly RoleRight[]): Group[] {
  const byObject = new Map<string, Group>()
  for (const { role, privilege, kind, object } of rights) {
    const key = `${role} ${kind} ${object}`
    const known = byObject.get(key)
    if (known) known.privileges += `, ${privilege}`
    else
      byObject.set(key, {
        role,
        privileges: privilege === 'OWNERSHIP' ? 'own' : privilege,
        kind: kind.toLowerCase(),
        objects: [object],
      })
  }
  const groups = new Map<string, Group>()
  for (const item of byObject.values()) {
    const key = `${item.role} ${item.kind} ${item.privileges}`
    const known = groups.get(key)
    if (known) known.objects.push(...item.objects)
    else groups.set(key, item)
  }
  const order = ['owner', 'operator', 'reader']
  return [...groups.values()].sort((one, other) => order.indexOf(one.role) - order.indexOf(other.role))
}

function plural(kind: string): string {
  return `${kind}s`
}
