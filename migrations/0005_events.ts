import { firstVersions, migration } from '../src/database/install.js'

/** The outbox. */
export const { files, up, down } = migration(
  firstVersions(
    'events/universe_events',
    'events/lock_events',
    'events/publish_event',
    'events/publish_events',
    'events/next_events',
    'events/mark_events_published',
    'events/lock_relay',
    'events/unpublished_events',
    'events/purge_events',
    'events/universe_events_of',
  ),
)
