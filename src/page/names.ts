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

/** What may be refreshed, and what that does. */
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
  sectors: ['Sectors', 'Sector and industry of every stock, decided anew.', ['sectors', 'cache_and_events']],
  themes: [
    'Themes',
    'The rules of every theme, applied to all stocks again.',
    ['themes', 'cache_and_events'],
  ],
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
  file_rejected: 'A file was refused',
}

/** What can be loaded, and what such files contain. */
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
  sectors: ['Sectors', 'Your own word on sectors: symbol,sector.'],
  symbols: ['Symbols', 'The securities master: symbols.csv.'],
  prices: ['Prices', 'Daily prices: prices.csv, or prices.csv.gz.'],
}

/** What people ask for first, first. */
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

/** Types of universes in the order in which they are shown. */
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

/** What an alert is about. */
export function alertTitle(alert: string): string {
  return ALERTS[alert] ?? words(alert)
}
