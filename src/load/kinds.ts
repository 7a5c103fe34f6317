import type { LoadKind } from '../documents/loads.js'

/** Definition of one kind of load. */
export interface Kind {
  /** Argument and help of `universes load KIND`. */
  description: string
  /** Table that COPY writes to, and its columns that a file may have. */
  table: string
  columns: readonly string[]
  required: readonly string[]
  /** Further columns of the table, which only vendors' layouts fill. */
  vendorColumns?: readonly string[]
  /** Type of the universe that each file defines; none for kinds that write rows of a table. */
  universe?: 'ETF' | 'UNIVERSE' | 'THEME'
  /** Accepts the layouts of issuer_formats, workbooks included. */
  issuers?: true
  /** A file may begin with a symbol instead of a header. */
  headerOptional?: true
  /** Row of settings that limits the rows of a canonical file; `load_max_rows` if omitted. */
  maxRows?: string
  /** Files have to be named one by one. */
  noDirectories?: true
  /** Paths within `holdings/` that are loaded by default: the first that exists. None with noDirectories. */
  defaults: readonly string[]
  /** Where `universes sync FOLDER` finds the files. */
  places: readonly Place[]
}

/** Files of a folder by their names. */
export interface Place {
  /** Subfolder; the folder itself if left out. */
  subfolder?: string
  /** Use the folder itself if it has no such subfolder. */
  orFolder?: true
  names: RegExp
}

const LIST = /\.csv(\.gz)?$/i
const MEMBERS = { table: 'staged_members', columns: ['symbol', 'weight'], required: ['symbol'] }

/**
 * The kinds of load in the order in which `sync` loads them. A new kind is an entry here and a row of the table
 * load_kinds.
 */
export const KINDS = {
  symbols: {
    description: 'securities: insert and update rows of symbols',
    table: 'staged_symbols',
    columns: [
      'symbol',
      'name',
      'type',
      'primary_exchange',
      'active',
      'market_cap',
      'weighted_shares_outstanding',
      'list_date',
      'sector',
      'industry',
      'sic_code',
      'sic_description',
      'country',
      'cusip',
      'isin',
      'figi',
      'cik',
    ],
    required: ['symbol'],
    vendorColumns: ['test_issue'],
    noDirectories: true,
    defaults: [],
    places: [{ subfolder: 'market', orFolder: true, names: /^symbols.*\.csv(\.gz)?$/i }],
  },
  prices: {
    description: 'daily prices: insert and update rows of ohlcv_daily',
    table: 'staged_prices',
    columns: ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'],
    required: ['symbol', 'date', 'close'],
    maxRows: 'load_max_price_rows',
    vendorColumns: ['period'],
    noDirectories: true,
    defaults: [],
    places: [{ subfolder: 'market', orFolder: true, names: /^(prices|ohlcv).*\.csv(\.gz)?$/i }],
  },
  etfs: {
    description:
      'holdings of funds, files <ticker>_holdings.csv or as their issuers publish them (default: ./holdings)',
    ...MEMBERS,
    universe: 'ETF',
    issuers: true,
    defaults: [''],
    places: [
      {
        subfolder: 'holdings',
        orFolder: true,
        names: /^(?!(symbols.*|prices.*|ohlcv.*|sectors)\.csv(\.gz)?$).*\.(csv|csv\.gz|xlsx)$/i,
      },
    ],
  },
  universes: {
    description: 'lists of symbols, files <name>.csv (default: ./holdings/universes)',
    ...MEMBERS,
    universe: 'UNIVERSE',
    headerOptional: true,
    defaults: ['universes'],
    places: [{ subfolder: 'universes', names: LIST }],
  },
  themes: {
    description: 'lists of symbols, files <name>.csv (default: ./holdings/themes)',
    ...MEMBERS,
    universe: 'THEME',
    headerOptional: true,
    defaults: ['themes'],
    places: [{ subfolder: 'themes', names: LIST }],
  },
  sectors: {
    description:
      'symbol,sector: rows of sector_overrides (default: ./holdings/sectors.csv or ./holdings/sectors)',
    table: 'staged_sectors',
    columns: ['symbol', 'sector'],
    required: ['symbol', 'sector'],
    defaults: ['sectors.csv', 'sectors'],
    places: [{ names: /^sectors\.csv(\.gz)?$/i }, { subfolder: 'sectors', names: LIST }],
  },
} as const satisfies Record<LoadKind, Kind>

export type { LoadKind }

/** Names of all kinds, in the order in which `sync` loads them. */
export const LOAD_KINDS = Object.keys(KINDS) as LoadKind[]

/** Returns the definition of a kind. */
export function kindOf(name: LoadKind): Kind {
  return KINDS[name]
}
