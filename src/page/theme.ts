/*
 * Runs before the first paint, as a plain script: applies the saved theme, or else that of the system.
 */
;(() => {
  const root = document.documentElement
  const store = (value: string): void => {
    try {
      localStorage.setItem('theme', value)
    } catch {
      // Without storage the choice lasts until the page is closed.
    }
  }
  const chosen = (): string | null => {
    try {
      return localStorage.getItem('theme')
    } catch {
      return null
    }
  }
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = (): void => {
    root.dataset['theme'] = chosen() ?? (system.matches ? 'dark' : 'light')
    document.getElementById('theme')?.setAttribute('aria-checked', String(root.dataset['theme'] === 'dark'))
  }
  apply()
  system.addEventListener('change', apply)
  document.addEventListener('DOMContentLoaded', () => {
    apply()
    document.getElementById('theme')?.addEventListener('click', () => {
      const theme = root.dataset['theme'] === 'dark' ? 'light' : 'dark'
      store(theme)
      root.dataset['theme'] = theme
      apply()
    })
  })
})()
