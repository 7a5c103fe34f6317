import { runSync, type SyncOptions, type SyncResult } from '../../operations/sync.js'
import type { SyncTexts } from '../../operations/sync-steps.js'
import { renderProgress } from '../refresh.js'
import { renderMarkdown } from '../report/markdown.js'

const TEXTS: SyncTexts = {
  report: renderMarkdown,
  loadProgress: (read, total) => `${Math.floor((100 * read) / Math.max(total, 1))} % read`,
  runProgress: renderProgress,
}

/** Runs the weekly sync, see runSync(), with its report in Markdown and its progress in English. */
export async function sync(options: SyncOptions = {}): Promise<SyncResult> {
  return runSync(options, TEXTS)
}
