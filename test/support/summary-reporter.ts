import { writeSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Prints what was left out, then `N passed, N failed, N skipped` as the very last line of the run. */
export default class SummaryReporter implements Reporter {
  constructor(private readonly leftOut: string | undefined) {}

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      const before = counts.failed
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'skipped' : state] += 1
      }
      // A file that cannot be loaded, or a hook that throws, fails without a failed test.
      if (!module.ok() && counts.failed === before) counts.failed += 1
    }
    const notice = this.leftOut === undefined ? '' : `${this.leftOut}\n`
    const line = `${notice}${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`
    // Other reporters and the teardown print later than this; nothing prints after the end of the process.
    process.once('exit', () => writeSync(1, line))
  }
}
