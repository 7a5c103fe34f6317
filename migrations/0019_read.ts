import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Documents that the service answers with, and the search. */
const objects: SqlObject[] = [
  ...firstVersions([
    'query/universe_named',
    'query/universe_facts',
    'query/stock_facts',
    'query/member_page',
    'query/list_sectors',
    'query/list_themes',
    'query/list_checks',
    'query/report_document',
    'query/search_names',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
