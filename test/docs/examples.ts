import { differences, eventDifferences, lineDifferences } from './compare.js'
import type { Block } from './document.js'
import type { Stage } from './stage.js'
import type { Finished } from './tools.js'

/** A block of commands, and what the document shows of its outcome. */
export interface Example {
  block: Block
  shown?: Block
}

/** Pairs every block of commands with the answer or output below it. */
export function examples(blocks: readonly Block[]): Example[] {
  const found: Example[] = []
  blocks.forEach((block, place) => {
    if (block.kind !== 'shell') return
    const next = blocks[place + 1]
    found.push(next && ['answer', 'output'].includes(next.kind) ? { block, shown: next } : { block })
  })
  return found
}

/** Further words of the comment above a block: the commands fail, or never end. */
const OUTCOMES = ['fails', 'endless']

/** Conditions that an example needs, such as `<!-- shell busy -->`; each is set up before the example and undone after it. */
const CIRCUMSTANCES: Record<string, (stage: Stage, run: () => Promise<void>) => Promise<void>> = {
  busy: async ({ db, call, ended }, run) => {
    const client = await db.client()
    await client.query(`BEGIN; SELECT lock_universes('the example')`)
    const { job_id } = await call('/api/processing/cache-sync/trigger', {})
    await run()
    await client.query('ROLLBACK')
    await ended(String(job_id))
  },
  broken: async ({ db }, run) => {
    await db.query('ALTER TABLE cache_entries RENAME TO cache_entries_old')
    await run()
    await db.query('ALTER TABLE cache_entries_old RENAME TO cache_entries')
  },
}

/** Runs an example and waits for the end of a run that it starts, unless that one is broken: the next example shows its status. */
export async function perform(stage: Stage, { block, shown }: Example): Promise<Finished> {
  let finished: Finished | undefined
  const isShown = (printed: string): boolean => lineDifferences(shown?.text ?? '', printed).length === 0
  const run = async (): Promise<void> => {
    finished = await stage.workplace.run(block.text, block.words.includes('endless') ? isShown : undefined)
    const jobId = /"job_id": ?"([0-9a-f-]{36})"/.exec(finished.stdout)?.[1]
    if (jobId !== undefined) stage.workplace.set('JOB_ID', jobId)
    if (jobId !== undefined && finished.status === 202) await stage.ended(jobId)
  }
  const circumstance = block.words
    .filter((word) => !OUTCOMES.includes(word))
    .map((word) => CIRCUMSTANCES[word] ?? unknown(word))[0]
  await (circumstance ? circumstance(stage, run) : run())
  return finished!
}

function unknown(word: string): never {
  throw new Error(`no circumstance is called "${word}"`)
}

/** Returns the differences between the outcome and the document. */
export function judge({ block, shown }: Example, finished: Finished): string[] {
  const { code, stdout, stderr, status } = finished
  const wanted = block.words.includes('fails') ? 1 : block.words.includes('endless') ? null : 0
  const wrongCode = code === wanted ? [] : [`exit code ${code}, not ${wanted}: ${stderr}${stdout}`]
  if (shown === undefined) return wrongCode
  if (shown.kind === 'answer') return [...wrongCode, ...ofStatus(shown, status), ...ofAnswer(shown, stdout)]
  const compare = stdout.includes('\nevent: ') ? eventDifferences : lineDifferences
  return [...wrongCode, ...compare(shown.text, block.words.includes('fails') ? stderr : stdout)]
}

function ofStatus({ lead }: Block, status: number | undefined): string[] {
  const documented = /^`(\d{3})`/.exec(lead)?.[1]
  if (documented === undefined) return ['no line with the status, such as `200`, stands above the answer']
  return Number(documented) === status ? [] : [`status ${documented} is shown, ${status} came`]
}

function ofAnswer({ text }: Block, stdout: string): string[] {
  try {
    return differences(JSON.parse(text), JSON.parse(stdout))
  } catch (error) {
    return [`${error instanceof Error ? error.message : String(error)}: shown ${text.slice(0, 200)}, came ${stdout.slice(0, 200)}`] // prettier-ignore
  }
}
