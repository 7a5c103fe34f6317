import { firstVersions, migration } from '../src/database/install.js'

/** Universes, their members and history, and the one path that changes them. */
export const { files, up, down } = migration([
  { path: 'groups/definition_groups', version: 1, adopt: true },
  { path: 'groups/group_memberships', version: 1, adopt: true },
  ...firstVersions(
    'groups/withheld_members',
    'groups/desired_returns',
    'groups/membership_history',
    'groups/membership_history_seed',
    'api/membership_history',
    'groups/group_change',
    'groups/environment_in_use',
    'groups/lock_key',
    'groups/running_change',
    'groups/lock_universes',
    'groups/exceeds_guard',
    'groups/desired_nothing',
    'groups/assert_desired_owned',
    'groups/apply_memberships',
    'groups/current_members',
    'groups/universe_counts',
    'groups/universe_symbols',
    'groups/symbol_groups',
    'groups/find_group',
    'groups/assert_known',
    'groups/history_at',
    'groups/members_as_of',
    'groups/managed_groups',
    'groups/group_ids',
    'groups/ensure_groups',
  ),
])
