import { configDefaults, defineConfig } from 'vitest/config'
import { leftOutLine, suitesToLeaveOut } from './test/support/left-out.js'
import SummaryReporter from './test/support/summary-reporter.js'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(await suitesToLeaveOut())],
    globalSetup: 'test/support/global-setup.ts',
    setupFiles: 'test/support/setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    reporters: ['default', new SummaryReporter(await leftOutLine())],
  },
})
