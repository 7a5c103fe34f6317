import type { Command } from 'commander'
import { UniversesError } from '../errors.js'
import type { RunProgress, SyncRun } from '../operations/refresh.js'
import { printJson } from '../console/text.js'
import { renderProgress, renderRun } from '../console/refresh.js'

/** How a run is shown. */
export interface RunOutput {
  verbose?: boolean
  json?: boolean
}

/** Gives a command the options of RunOutput, `--dry-run` and `--environment`. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--dry-run', 'do everything, report it, keep nothing')
    .option('--environment <name>', 'environment of the universes', 'DEFAULT')
    .option('--verbose', 'show every universe and its symbols')
    .option('--json', 'print the run as JSON')
}

/** The steps go to stderr, so that stdout holds nothing but the result. */
export function showSteps({ verbose, json }: RunOutput): ((step: RunProgress) => void) | undefined {
  const wanted = !json && (verbose || process.stderr.isTTY)
  return wanted ? (step) => console.error(renderProgress(step)) : undefined
}

/** Prints a run; exit code 1 when it failed, which is thrown, or when a guard held a universe back. */
export function finishRun(run: SyncRun, { verbose, json }: RunOutput): void {
  if (json) printJson(run)
  else console.log(renderRun(run, verbose))
  if (run.status === 'failed') throw runError(run)
  if (run.changes.some((change) => change.held)) process.exitCode = 1
}

function runError({ error }: SyncRun): UniversesError {
  return new UniversesError(error?.message ?? 'the run failed', {
    code: error?.sqlstate,
    detail: error?.detail,
    hint: error?.hint,
    where: error?.context,
  })
}
