import type { RowLimit } from './row-counter.js'

/** A file to be read, and what its reader may use. */
export interface Source {
  path: string
  /** Size of the file. */
  bytes: number
  /** Shared by the files of a load; its content is valid until the next file is read. */
  buffer: Buffer
  /** Receives the number of bytes read so far. */
  onRead: (bytes: number) => void
  /** Limit for the rows of a canonical file; none if undefined. */
  limit: RowLimit | undefined
}

/** Content of a file as the input of COPY. */
export interface Content {
  data: Buffer | AsyncIterable<Buffer>
  /** Returns the line of the file that a row comes from, where it is not the line that COPY counts. */
  lineOf?: (row: number) => number | undefined
  /** Sentences about what the reader has left out. */
  warnings?: readonly string[]
}

/** A recognised format of a file: reads it as the input of one COPY statement. */
export interface Format {
  /** Name of the row of issuer_formats, or of a vendor's layout; none for a canonical file. */
  readonly name?: string
  /** Date of the holdings as the file spells it. */
  readonly asOf?: string | undefined
  /** Columns of the staging table that the file fills. */
  readonly columns: readonly string[]
  /** Header cells that stand for no column, as the file spells them. */
  readonly unread: readonly string[]
  /** The COPY statement that takes the content. */
  readonly copy: string
  /** Ticker of all rows of a price file without a column of them. */
  readonly symbol?: string
  /** The staging table and its columns, if COPY takes the content to staged_wide first. */
  readonly project?: { table: string; columns: readonly string[] }
  /** Line of the first row, where rows are numbered while COPY takes them. */
  readonly firstLine: number
  /** Reads the file. Throws FileProblem if it cannot be loaded; a stream throws it later. */
  read(source: Source): Content | Promise<Content>
}
