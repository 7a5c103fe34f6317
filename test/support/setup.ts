import { afterAll, type RunnerTask } from 'vitest'
import { killRunning } from './cli.js'
import { endLeftovers } from './leftovers.js'
import { endDatabases } from './test-database.js'

async function endFile(_context: object, file: RunnerTask): Promise<void> {
  killRunning()
  await endLeftovers()
  await endDatabases(hasFailed(file))
}

function hasFailed(task: RunnerTask): boolean {
  if (task.result?.state === 'fail') return true
  return task.type === 'suite' && task.tasks.some(hasFailed)
}

// Registered before the file's own hooks, so that it runs after theirs. Vitest reads the parameter names of a
// hook in its source and refuses an unused first one; a bound function shows none.
afterAll(endFile.bind(undefined))

// When the run itself was killed, this worker and the servers it started must not stay behind.
process.once('disconnect', () => process.exit(1))
