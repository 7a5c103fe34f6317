import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Whether the prices of a day are in, for a refresh that waits for them. */
const objects: SqlObject[] = [...firstVersions(['market/check_price_day', 'market/prices_in'])]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
