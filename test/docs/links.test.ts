import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { anchor } from './document.js'

const docs = readdirSync(join(packageRoot, 'docs')).filter((name) => name.endsWith('.md'))
const pages = ['README.md', 'holdings/README.md'].concat(docs.map((name) => join('docs', name)))

test.each(pages)('%s has no dead link', (page) => {
  const text = readFileSync(join(packageRoot, page), 'utf8')
  const targets = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target)
  expect(targets.filter((target) => isDead(page, target))).toEqual([])
})

function isDead(page: string, target: string): boolean {
  const [file = '', wanted] = target.split('#')
  const path = file === '' ? join(packageRoot, page) : join(packageRoot, dirname(page), file)
  if (!existsSync(path)) return true
  return wanted !== undefined && !anchors(readFileSync(path, 'utf8')).includes(wanted)
}

function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchor(title))
}
