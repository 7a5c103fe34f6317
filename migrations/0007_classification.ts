import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Sectors, industry groups, themes, IPOs: who belongs where. */
const objects: SqlObject[] = [
  ...firstVersions([
    'classification/sector_statements',
    'classification/sector_candidates',
    'classification/stock_sectors',
    'classification/sector_coverage',
    'classification/sector_of',
    'classification/desired_classes',
    'classification/desired_themes',
    'classification/desired_ipos',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
