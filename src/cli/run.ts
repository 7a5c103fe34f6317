import type { Command } from 'commander'
import { UniversesError } from '../errors.js'
import type { RunProgress, SyncRun } from '../operations/refresh.js'
import { printJson } from '../console/text.js'
import { DRY_RUN, ENVIRONMENT } from './options.js'
import { renderProgress, renderRun } from '../console/refresh.js'

/** Output options of a run. */
export interface RunOutput {
  verbose?: boolean
  json?: boolean
}

/** Adds the options of RunOutput, `--dry-run` and `--environment` to a command. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(DRY_RUN)
    .addOption(ENVIRONMENT)
    .option('--verbose', 'show every universe and its symbols')
    .option('--json', 'print the run as JSON')
}

/** Prints steps to stderr, so that stdout has only the result. */
export function showSteps({ verbose, json }: RunOutput): ((step: RunProgress) => void) | undefined {
  const isShown = !json && (verbose || process.stderr.isTTY)
  return isShown ? (step) => console.error(renderProgress(step)) : undefined
}

/** Prints a run. Throws if it failed; sets exit code 1 if a guard held a universe. */
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
