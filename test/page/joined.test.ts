import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { joinModules } from '../../src/http/page-modules.js'

/** Runs modules that have been joined; the last one says what it has found. */
function run(modules: Readonly<Record<string, string>>): unknown {
  return runInNewContext(`${joinModules('main', (name) => modules[name] ?? '')}; $main.result`)
}

describe('joined modules', () => {
  it('see what they import, each once, whatever the order, and keep their own names to themselves', () => {
    const result = run({
      main: `import { twice as double, count } from './two.js';\nimport { one } from './one-step.js';\nconst own = 'main';\nexport const result = [double(one()), count(), own];\n`,
      'one-step': `const own = 1;\nexport function one() {\n    return own;\n}\nexport {};\n`,
      two: `import { one } from './one-step.js';\nlet own = 0;\nexport async function never() { }\nexport class Thing {\n}\nexport function twice(n) {\n    own += one();\n    return 2 * n;\n}\nexport function count() {\n    return own;\n}\n`,
    })
    expect(result).toEqual([2, 1, 'main'])
  })

  it('are refused where something else is written', () => {
    expect(() => joinModules('main', () => `import * as all from './other.js';\n`)).toThrow(
      'module main has a line that cannot be joined: import * as all',
    )
    expect(() => joinModules('main', () => `export default 3;\n`)).toThrow('export default 3')
    expect(() =>
      joinModules('a', (name) => `import { x } from './${name === 'a' ? 'b' : 'a'}.js';\n`),
    ).toThrow('modules import each other: a, b, a')
  })
})
