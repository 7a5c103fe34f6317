import { words } from './format.js'

const TYPES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  COMPLETE: ['Complete list', 'Complete lists'],
  ETF: ['ETF', 'ETFs'],
  ETF_CATEGORY: ['ETF category', 'ETF categories'],
  INDUSTRY: ['Industry', 'Industries'],
  IPO: ['IPOs', 'IPOs'],
  MARKET_CAP: ['Market-cap band', 'Market-cap bands'],
  MARKET_LEADERS: ['Ranking', 'Rankings'],
  SECTOR: ['Sector', 'Sectors'],
  SECTOR_LEADERS: ['Sector leaders', 'Sector leaders'],
  THEME: ['Theme', 'Themes'],
  UNIVERSE: ['Index or list', 'Indexes and lists'],
}

const STEPS: Readonly<Record<string, string>> = {
  market_caps: 'Market caps, sectors, rankings',
  sectors: 'Sectors and industries',
  ipos: 'New listings',
  delistings: 'Delistings',
  themes: 'Themes',
  cache_and_events: 'Cache and events',
}

/** Modes of a refresh: title, help and steps. */
export const MODES: Readonly<
  Record<string, readonly [title: string, help: string, steps: readonly string[]]>
> = {
  full: [
    'Full',
    'All steps in order, for what has changed since the last full run.',
    ['market_caps', 'ipos', 'delistings', 'themes', 'cache_and_events'],
  ],
  market_cap: [
    'Market caps',
    'Market caps, then sectors, bands, rankings, sector leaders.',
    ['market_caps', 'cache_and_events'],
  ],
  sectors: ['Sectors', 'Recomputes sector and industry of every stock.', ['sectors', 'cache_and_events']],
  themes: ['Themes', 'Applies the rules of every theme to all stocks.', ['themes', 'cache_and_events']],
  ipos: [
    'New listings',
    'New stocks join the IPO group and themes whose rules they meet.',
    ['ipos', 'cache_and_events'],
  ],
  delistings: [
    'Delistings',
    'Symbols that are no longer active leave every universe.',
    ['delistings', 'cache_and_events'],
  ],
}

const OTHER_MODES: Readonly<Record<string, string>> = {
  changed_sectors: 'Changed sectors',
  rollback: 'Rollback',
  import: 'Import',
}

const ALERTS: Readonly<Record<string, string>> = {
  alert_run_minutes: 'A run took long',
  alert_uncapped_percent: 'Market caps are missing',
  alert_changed_percent: 'Large change',
  alert_event_lag_minutes: 'Events wait for Redis',
  held: 'Held back by a guard',
  run_failed: 'A run failed',
  file_held: 'A file was held back',
  file_rejected: 'A file was rejected',
}

/** Kinds of files: title and help. */
export const KINDS: Readonly<Record<string, readonly [title: string, help: string]>> = {
  etfs: [
    'ETF holdings',
    'Holdings of funds: downloads of the issuers, or {etf}_holdings.csv with symbol,weight.',
  ],
  universes: [
    'Universes',
    'Indexes and lists: one symbol per line. The name of the file is the name of the universe.',
  ],
  themes: ['Themes', 'Themes as lists: one symbol per line.'],
  sectors: ['Sectors', 'Your own sectors, which override all sources: symbol,sector.'],
  symbols: ['Symbols', 'The securities master: symbols.csv.'],
  prices: ['Prices', 'Daily prices: prices.csv, or prices.csv.gz.'],
}

/** Order of the types on the page. */
const ORDER = [
  'UNIVERSE',
  'ETF',
  'SECTOR',
  'INDUSTRY',
  'MARKET_CAP',
  'MARKET_LEADERS',
  'SECTOR_LEADERS',
  'THEME',
  'IPO',
]

/** Sorts types of universes in the order of the page. */
export function inOrder(types: Iterable<string>): string[] {
  const place = (type: string): number => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length)
  return [...new Set(types)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
}

/** ETFs, Sectors ... */
export function typeTitle(type: string, many = false): string {
  return TYPES[type]?.[many ? 1 : 0] ?? words(type.toLowerCase())
}

/** Market caps, New listings ... */
export function stepTitle(step: string): string {
  return STEPS[step] ?? words(step)
}

/** Full, Rollback ... */
export function modeTitle(mode: string): string {
  return MODES[mode]?.[0] ?? OTHER_MODES[mode] ?? words(mode)
}

/** Title of an alert. */
export function alertTitle(alert: string): string {
  return ALERTS[alert] ?? words(alert)
}
