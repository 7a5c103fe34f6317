import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** The outbox. */
const objects: SqlObject[] = [
  ...firstVersions([
    'events/universe_events',
    'events/lock_events',
    'events/publish_event',
    'events/publish_events',
    'events/claim_events',
    'events/mark_events_published',
    'events/lock_relay',
    'events/unpublished_events',
    'events/purge_events',
    'events/universe_events_of',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
