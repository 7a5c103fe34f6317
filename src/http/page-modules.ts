/** Text of a module by its name, without ending. */
export type ReadModule = (name: string) => string

const IMPORT = /^import \{([^}]*)\} from '\.\/([\w-]+)\.js';$/gm
const EXPORT = /^export (?=(?:async )?(?:function|const|class) (\w+))/gm
const NOTHING = /^export \{\};$/gm

/**
 * Joins a module and all that it imports into one script, so that a browser asks once instead of thirty times. Each module
 * becomes a function that returns what it exports, after those that it imports. Knows what the compiler makes of src/page,
 * named imports of neighbours and exported declarations, and throws at anything else.
 */
export function joinModules(entry: string, read: ReadModule): string {
  const joined = new Map<string, string>()
  const open: string[] = []
  const add = (name: string): void => {
    if (joined.has(name)) return
    if (open.includes(name)) throw new Error(`modules import each other: ${[...open, name].join(', ')}`)
    open.push(name)
    const text = read(name)
    for (const [, , imported = ''] of text.matchAll(IMPORT)) add(imported)
    joined.set(name, asFunction(name, text))
    open.pop()
  }
  add(entry)
  return [...joined.values()].join('')
}

function asFunction(name: string, text: string): string {
  const exported = [...text.matchAll(EXPORT)].map(([, declared]) => declared)
  const body = text
    .replace(IMPORT, (_, names: string, from: string) => {
      return `const {${names.replaceAll(' as ', ': ')}} = ${variable(from)};`
    })
    .replace(EXPORT, '')
    .replace(NOTHING, '')
  const left = /^(?:import|export)\b.*$/m.exec(body)
  if (left !== null) throw new Error(`module ${name} has a line that cannot be joined: ${left[0]}`)
  return `const ${variable(name)} = (() => {\n${body}return { ${exported.join(', ')} };\n})();\n`
}

function variable(name: string): string {
  return `$${name.replaceAll('-', '_')}`
}
