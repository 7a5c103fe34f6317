import type pg from 'pg'
import { FileProblem, readProblem } from '../file-problem.js'
import { nothingAbout } from './find-files.js'
import type { Format } from '../formats/format.js'
import {
  ISSUER_COPY,
  readIssuerLayouts,
  STAGED_COLUMNS,
  type IssuerLayout,
} from '../formats/issuer-layout.js'
import { resolveFund } from './fund-name.js'
import type { InspectedFile } from './inspect-file.js'
import type { LoadMode } from '../result.js'

/** Gives files that are not canonical the format of their issuer, or a problem. */
export class IssuerRecogniser {
  private layouts: readonly IssuerLayout[] | undefined

  constructor(
    private readonly client: pg.Client,
    private readonly environment: string,
    /** The only layout, where the columns are mapped. */
    private readonly mapped?: IssuerLayout,
  ) {}

  /**
   * Recognises every file that is not canonical. In mode incremental, a file that a fund was last loaded from is known
   * by its checksum and not opened: its header is read only if the file has to be loaded all the same.
   */
  async recogniseAll(mode: LoadMode, files: readonly InspectedFile[]): Promise<InspectedFile[]> {
    if (!files.some(({ foreign }) => foreign)) return [...files]
    const loaded =
      mode === 'incremental' && !this.mapped ? await this.readLoaded() : new Map<string, LoadedFile>()
    const recognised: InspectedFile[] = []
    for (const file of files) {
      const known = loaded.get(`${file.name} ${file.md5}`)
      const isKnown = known !== undefined && (file.asked === undefined || file.asked === known.fund)
      recognised.push(...(isKnown ? [this.loadedBefore(file, known)] : await this.recognise(file)))
    }
    return recognised
  }

  /** Returns the file with its format, or one file for each of several funds. */
  private async recognise(file: InspectedFile): Promise<InspectedFile[]> {
    if (!file.foreign || file.problem) return [file]
    const clue = file.asked ?? file.fund
    const isList = file.group !== undefined && file.group.type !== 'ETF'
    const group = isList
      ? file.group
      : clue === undefined
        ? undefined
        : ({ type: 'ETF', name: clue } as const)
    try {
      const { content, format, funds } = await this.readFormat(file.path)
      if (isList) return [{ ...file, group, format }]
      if (funds.size > 1) return partsOf(file, funds)
      const fund = resolveFund({ content, name: file.fund, asked: file.asked })
      if (typeof fund !== 'string') return [{ ...file, group, format, problem: fund }]
      return [{ ...file, group: { type: 'ETF', name: fund }, format }]
    } catch (thrown) {
      const problem = thrown instanceof FileProblem ? thrown.problem : readProblem(thrown)
      if (problem === undefined) throw thrown
      if (file.canonical) return [{ ...file, ...file.canonical }]
      // A list with a column symbol was meant to be canonical: the reason why it is not says more.
      const meant = /\bsymbol\b/.test(file.foreign.value ?? '')
      return [{ ...file, group, problem: meant ? file.foreign : problem }]
    }
  }

  /** Format of an issuer's file, and the fund or the several funds that its content names. */
  private async readFormat(
    path: string,
  ): Promise<{ content: string | undefined; format: Format; funds: ReadonlyMap<string, Format> }> {
    this.layouts ??= this.mapped ? [this.mapped] : await readIssuerLayouts(this.client)
    // The parsers take longer to import than most loads: only if a file needs them.
    const [{ readIssuerHead }, { IssuerFormat }, { readFunds }] = await Promise.all([
      import('../formats/issuer-head.js'),
      import('../formats/issuer.js'),
      import('../formats/several-funds.js'),
    ])
    const head = await readIssuerHead(path, this.layouts)
    return { content: head.fund, format: new IssuerFormat(head), funds: await readFunds(path, head) }
  }

  private loadedBefore(file: InspectedFile, { fund, format, as_of }: LoadedFile): InspectedFile {
    return {
      ...file,
      group: { type: 'ETF', name: fund },
      format: {
        name: format,
        asOf: as_of ?? undefined,
        columns: STAGED_COLUMNS,
        unread: [],
        copy: ISSUER_COPY,
        firstLine: 1,
        read: async (source) => {
          const [recognised] = await this.recognise(file)
          if (recognised?.problem) throw new FileProblem(recognised.problem)
          return recognised!.format!.read(source)
        },
      },
    }
  }

  private async readLoaded(): Promise<Map<string, LoadedFile>> {
    const { rows } = await this.client.query<LoadedFile & { key: string }>(
      `SELECT g.name AS fund, g.metadata ->> 'format' AS format, g.metadata ->> 'as_of' AS as_of,
         concat_ws(' ', g.metadata ->> 'file', g.metadata ->> 'md5') AS key
       FROM definition_groups AS g
       WHERE g.type = 'ETF' AND g.environment = $1 AND g.metadata ? 'format'
         AND NOT g.metadata ?| '{retired_at,rolled_back}'`,
      [this.environment],
    )
    return new Map(rows.map((row) => [row.key, row]))
  }
}

/** Source of a fund's members. */
interface LoadedFile {
  fund: string
  format: string
  as_of: string | null
}

/** Makes a file of each fund of a file, or of the one that --etf names: `psdlyhld.csv#NOBL`. */
function partsOf(file: InspectedFile, funds: ReadonlyMap<string, Format>): InspectedFile[] {
  const { asked } = file
  const said = asked ?? file.fund
  if (said !== undefined && (asked === undefined || !funds.has(asked))) {
    const list = [...funds.keys()].slice(0, 10).join(', ')
    const more = funds.size > 10 ? ' and others' : ''
    const message = `the file is about ${funds.size} funds (${list}${more})${asked === undefined ? `, but its name says ${said}` : `, not about ${said}`}`
    const remedy = 'Load all of them without --etf, from a file whose name tells no fund.'
    return [{ ...file, group: { type: 'ETF', name: said }, problem: { message, remedy } }]
  }
  return [...funds]
    .filter(([fund]) => asked === undefined || fund === asked)
    .map(([fund, format], index) => ({
      ...file,
      name: `${file.name}#${fund}`,
      // The progress counts the file once.
      bytes: index === 0 ? file.bytes : 0,
      group: { type: 'ETF', name: fund },
      format,
    }))
}

/** Picks the files about one fund, for --etf with a directory whose file names do not tell. */
export function pickFund(
  files: readonly InspectedFile[],
  fund: string | undefined,
  directory: string,
): readonly InspectedFile[] {
  if (fund === undefined) return files
  const picked = files.filter(({ group }) => group?.name === fund)
  if (picked.length === 0) throw nothingAbout(fund, directory)
  return picked
}
