import type pg from 'pg'
import { FileProblem, readProblem } from '../file-problem.js'
import { defaultDirectory, nothingAbout } from './find-files.js'
import { settleFund } from './fund-name.js'
import type { InspectedFile } from './inspect-file.js'
import { readIssuerFormats, type IssuerFormat } from '../formats/issuer-format.js'
import type { LoadMode } from '../result.js'

/** Turns files that are not canonical into issuers' files, or files with a problem. */
export class Recogniser {
  private formats: readonly IssuerFormat[] | undefined

  constructor(
    private readonly client: pg.Client,
    private readonly environment: string,
  ) {}

  /**
   * Says of every file that is not canonical which format it has, which fund it is about and on which day. In mode
   * incremental a file that a fund was last loaded from is known by its checksum and not read: `recognise` is for those
   * that have to be loaded all the same.
   */
  async recogniseAll(mode: LoadMode, files: readonly InspectedFile[]): Promise<InspectedFile[]> {
    if (!files.some(({ foreign }) => foreign)) return [...files]
    const loaded = mode === 'incremental' ? await this.readLoaded() : new Map<string, LoadedFile>()
    const recognised: InspectedFile[] = []
    for (const file of files) {
      const known = loaded.get(`${file.name} ${file.md5}`)
      const isKnown = known !== undefined && (file.asked === undefined || file.asked === known.fund)
      recognised.push(isKnown ? withOrigin(file, known) : await this.recognise(file))
    }
    return recognised
  }

  /** The same for one file; canonical files and those recognised already stay as they are. */
  async recognise(file: InspectedFile): Promise<InspectedFile> {
    if (!file.foreign || file.problem || file.issuer) return file
    const clue = file.asked ?? file.fund
    const group = clue === undefined ? undefined : ({ type: 'ETF', name: clue } as const)
    try {
      this.formats ??= await readIssuerFormats(this.client)
      // The parsers are loaded when the first file needs them.
      const { recogniseIssuer } = await import('../formats/recognise-issuer.js')
      const issuer = await recogniseIssuer(file.path, this.formats)
      const fund = settleFund({ content: issuer.fund, name: file.fund, asked: file.asked })
      const origin = { format: issuer.header.format.name, as_of: issuer.asOf }
      if (typeof fund !== 'string') return { ...file, group, origin, problem: fund }
      return { ...file, group: { type: 'ETF', name: fund }, origin, issuer }
    } catch (thrown) {
      const problem = thrown instanceof FileProblem ? thrown.problem : readProblem(thrown)
      if (problem === undefined) throw thrown
      // A list that has a column symbol was meant to be canonical: that it is not says more.
      const meant = /\bsymbol\b/.test(file.foreign.value ?? '')
      return { ...file, group, problem: meant ? file.foreign : problem }
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

/** Where the members of a fund come from. */
interface LoadedFile {
  fund: string
  format: string
  as_of: string | null
}

function withOrigin(file: InspectedFile, { fund, format, as_of }: LoadedFile): InspectedFile {
  return { ...file, group: { type: 'ETF', name: fund }, origin: { format, as_of: as_of ?? undefined } }
}

/** The files about one fund, where their names did not say it. */
export function pickFund(
  files: readonly InspectedFile[],
  fund: string | undefined,
  directory: string | undefined,
): readonly InspectedFile[] {
  if (fund === undefined) return files
  const picked = files.filter(({ group }) => group?.name === fund)
  if (picked.length === 0) throw nothingAbout(fund, directory ?? defaultDirectory('etfs'))
  return picked
}
