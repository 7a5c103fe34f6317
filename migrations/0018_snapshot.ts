import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** All universes as one document, for caches. */
const objects: SqlObject[] = [...firstVersions(['cache/relationship_events', 'cache/relationship_snapshot'])]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
