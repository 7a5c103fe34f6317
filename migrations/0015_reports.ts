import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** What there is, for people. */
const objects: SqlObject[] = [
  ...firstVersions([
    'reports/fund_top_holdings',
    'reports/report_totals',
    'reports/report_universes',
    'reports/report_sectors',
    'reports/report_coverage',
    'reports/report_runs',
    'reports/report_loads',
    'reports/report_alerts',
    'reports/report_funds',
    'reports/relationship_report',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
