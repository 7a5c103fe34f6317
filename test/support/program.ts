import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Full path of a program, undefined when there is none. */
export function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter(Boolean)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Full path of Chromium: CHROMIUM_PATH, else what the PATH has. */
export function findChromium(): string | undefined {
  return process.env['CHROMIUM_PATH'] ?? find('chromium') ?? find('chromium-browser') ?? find('google-chrome')
}

/** True if the system's Python, which has Debian's packages, or the one on the PATH can import these modules. */
export function pythonImports(...modules: string[]): boolean {
  return ['/usr/bin/python3', 'python3'].some((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}
