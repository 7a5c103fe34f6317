import type { Page } from 'playwright-core'

interface AxNode {
  nodeId: string
  ignored: boolean
  role?: { value: string }
  name?: { value: string }
  properties?: { name: string; value: { value: unknown } }[]
}

/** Roles that a screen reader announces by their name. */
const NAMED = [
  'button',
  'link',
  'textbox',
  'combobox',
  'listbox',
  'option',
  'checkbox',
  'radio',
  'switch',
  'dialog',
  'progressbar',
  'region',
  'navigation',
  'form',
  'group',
  'heading',
  'image',
  'DisclosureTriangle',
]

/** Roles whose name is optional: their content identifies them. */
const OPTIONAL = ['group', 'form', 'image']

/** Returns the barriers of a page for screen readers, from Chromium's accessibility tree. */
export async function barriers(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as { nodes: AxNode[] }
  await session.detach()
  const unnamed = nodes.filter(({ ignored, role, name, properties = [] }) => {
    const focusable = properties.some(
      (property) => property.name === 'focusable' && property.value.value === true,
    )
    const kind = role?.value ?? ''
    const wanted =
      (NAMED.includes(kind) && !OPTIONAL.includes(kind)) ||
      (focusable && kind !== 'RootWebArea' && kind !== 'generic' && kind !== 'main')
    return !ignored && wanted && (name?.value ?? '').trim() === ''
  })
  return [
    ...unnamed.map(({ role }) => `a ${role?.value} without a name`),
    ...(await page.evaluate<string[]>(STRUCTURE)),
  ]
}

/** Checked in the page: ids, references, headings, landmarks, tables, language. */
const STRUCTURE = `(() => {
  const wrong = []
  const all = [...document.querySelectorAll('*')]
  const ids = all.map((element) => element.id).filter(Boolean)
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push('id ' + id + ' twice')
  for (const element of all) {
    for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-activedescendant', 'for']) {
      for (const id of (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean))
        if (!ids.includes(id)) wrong.push(attribute + ' of ' + element.tagName + ' leads nowhere: ' + id)
    }
  }
  const shown = (element) => element.checkVisibility()
  const headings = all.filter((element) => /^H[1-6]$/.test(element.tagName) && shown(element) && !element.closest('dialog'))
  headings.reduce((before, heading) => {
    const level = Number(heading.tagName[1])
    if (level > before + 1) wrong.push('heading ' + heading.textContent + ' skips a level')
    return level
  }, 0)
  if (headings.filter(({ tagName }) => tagName === 'H1').length !== 1) wrong.push('not one h1')
  for (const landmark of ['header', 'main', 'footer', 'search'])
    if (document.querySelectorAll(landmark).length < 1) wrong.push('no ' + landmark)
  for (const table of document.querySelectorAll('table')) {
    if (table.caption === null) wrong.push('a table without a caption')
    if ([...table.querySelectorAll('th')].some((cell) => !cell.scope)) wrong.push('a heading of a table without a scope')
  }
  for (const image of document.images) if (!image.hasAttribute('alt')) wrong.push('an image without alt')
  if (document.documentElement.lang !== 'en') wrong.push('no language')
  for (const live of ['announcer', 'banner']) if (!document.getElementById(live).matches('[aria-live], [role=alert]')) wrong.push(live + ' is not live')
  for (const element of document.querySelectorAll('[style], [onclick], [onerror], script:not([src])')) wrong.push('inline: ' + element.outerHTML.slice(0, 80))
  return wrong.filter((problem) => !problem.startsWith('inline: <div id="tip"'))
})()`
