import { ApiError, call } from './api.js'
import type { LoadDocument } from '../documents/loads.js'
import { announce, byId, h, iconButton, put, say } from './dom.js'
import { bytes, count } from './format.js'
import { loadView } from './load-view.js'
import { KINDS } from './names.js'
import { problemNote } from './problem.js'

let files: File[] = []
let working = false
/** True if the current files and options were previewed: only those can be loaded. */
let previewed = false
/** Incremented with every change of files, kind and force: a response belongs to the revision that was sent. */
let revision = 0
let afterLoad: () => void = () => undefined

/** Sets up the form for files. */
export function startUpload(after: () => void): void {
  afterLoad = after
  const kind = byId<HTMLSelectElement>('kind')
  put(
    kind,
    Object.entries(KINDS).map(([value, [title]]) => h('option', { value }, title)),
  )
  const help = (): void => put(byId('kind-help'), KINDS[kind.value]?.[1])
  help()
  const changed = (): void => {
    help()
    revise()
  }
  kind.addEventListener('change', changed)
  byId('load-force').addEventListener('change', changed)
  const input = byId<HTMLInputElement>('files')
  input.addEventListener('change', () => {
    choose([...(input.files ?? [])])
    // Lets the user choose a corrected file again under the same name.
    input.value = ''
  })
  dropping(byId('drop'))
  byId('load').addEventListener('submit', (event) => {
    event.preventDefault()
    void send(true)
  })
  byId('load-now').addEventListener('click', () => void send(false))
}

function dropping(place: HTMLElement): void {
  const over = (event: DragEvent): void => {
    event.preventDefault()
    place.classList.add('over')
  }
  const out = (): void => place.classList.remove('over')
  place.addEventListener('dragenter', over)
  place.addEventListener('dragover', over)
  place.addEventListener('dragleave', out)
  place.addEventListener('drop', (event) => {
    event.preventDefault()
    out()
    choose([...(event.dataTransfer?.files ?? [])])
  })
  // A file dropped beside the target must not replace the page.
  for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault())
}

/** Adds files; a file replaces another of the same name. */
function choose(more: readonly File[]): void {
  if (more.length === 0) return
  files = [...files.filter(({ name }) => !more.some((file) => file.name === name)), ...more]
  put(byId('load-result'))
  say('load-error')
  revise()
  announce(`${count(files.length, 'file')} chosen.`)
}

/** Invalidates the preview. */
function revise(): void {
  revision += 1
  previewed = false
  update()
}

function update(): void {
  const list = byId('file-list')
  list.hidden = files.length === 0
  put(list, files.map(fileItem))
  byId<HTMLButtonElement>('preview').disabled = working || files.length === 0
  byId<HTMLButtonElement>('load-now').disabled = working || !previewed
  byId('load-now').classList.toggle('primary', previewed)
  byId('preview').classList.toggle('primary', !previewed)
}

function fileItem(file: File): HTMLElement {
  const remove = (): void => {
    files = files.filter((other) => other !== file)
    revise()
    byId('files').focus()
  }
  return h(
    'li',
    {},
    h('span', {}, file.name),
    h('small', {}, bytes(file.size)),
    iconButton(`Remove ${file.name}`, 'm4.5 4.5 7 7m0-7-7 7', remove, 'small'),
  )
}

async function send(dryRun: boolean): Promise<void> {
  const sent = [...files]
  const sentRevision = revision
  const button = byId(dryRun ? 'preview' : 'load-now')
  const text = button.textContent
  working = true
  say('load-error')
  update()
  button.textContent = dryRun ? 'Looking' : 'Loading'
  try {
    const answer = await upload(sent, dryRun)
    const refused = answer.files.filter(({ status }) => status === 'rejected')
    previewed = dryRun && sentRevision === revision && refused.length < answer.files.length
    // Loaded files are removed; rejected ones and those chosen in the meantime stay.
    if (!dryRun)
      files = files.filter((file) => !sent.includes(file) || refused.some(({ name }) => name === file.name))
    put(byId('load-result'), loadView(answer))
    byId('load-result').focus({ preventScroll: true })
    byId('load-result').scrollIntoView({ block: 'nearest' })
    announce(
      `${dryRun ? 'Preview' : 'Loaded'}: ${count(answer.total_changes, 'change')}, ${count(refused.length, 'file')} refused.`,
    )
    if (!dryRun) afterLoad()
  } catch (error) {
    say('load-error', problemNote(error))
  } finally {
    working = false
    button.textContent = text
    update()
  }
}

/** Rejects if a file was modified after it was chosen: browsers refuse to read it, and fetch would fail like a broken connection. */
async function checkReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer()
  } catch {
    throw new ApiError(-1, {
      title: 'A chosen file has changed',
      detail: `${file.name} was changed, moved or deleted after it was chosen.`,
      hint: 'Choose it again and repeat the preview.',
    })
  }
}

/** Uploads the files; the result has every file, even if all were rejected. */
async function upload(sent: readonly File[], dryRun: boolean): Promise<LoadDocument> {
  const form = new FormData()
  form.set('kind', byId<HTMLSelectElement>('kind').value)
  form.set('dry_run', String(dryRun))
  form.set('force', String(byId<HTMLInputElement>('load-force').checked))
  for (const file of sent) {
    await checkReadable(file)
    form.append('files', file, file.name)
  }
  try {
    return (await (await call('/api/loads', { method: 'POST', body: form })).json()) as LoadDocument
  } catch (error) {
    if (error instanceof ApiError && error.status === 422 && Array.isArray(error.problem['files'])) {
      return { changes: [], total_changes: 0, dry_run: dryRun, ...error.problem } as unknown as LoadDocument
    }
    throw error
  }
}
