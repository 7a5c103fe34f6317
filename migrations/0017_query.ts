import { firstVersions, migration } from '../src/database/install.js'

/** Documents on one stock, one universe or all of them, now or on a past day, and the search. */
export const { files, up, down } = migration(
  firstVersions(
    'query/normalize_name',
    'query/nearest_names',
    'query/raise_unknown_name',
    'query/find_universe',
    'query/find_symbol',
    'query/resolve_as_of',
    'query/constituents_at',
    'query/universe_file',
    'query/describe_universe',
    'query/stock_universes',
    'query/describe_stock',
    'query/describe_all',
    'query/universe_named',
    'query/universe_facts',
    'query/stock_facts',
    'query/member_page',
    'query/list_sectors',
    'query/list_themes',
    'query/list_checks',
    'query/report_document',
    'query/search_names',
  ),
)
