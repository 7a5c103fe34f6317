import { firstVersions, migration } from '../src/database/install.js'

/** Roles owner, operator and reader: created by SELECT create_roles(), not before. */
export const { files, up, down } = migration(
  firstVersions(
    'roles/role_rights',
    'roles/missing_rights',
    'roles/assert_prefix',
    'roles/transfer_ownership',
    'roles/revoke_rights',
    'roles/grant_rights',
    'roles/create_roles',
    'roles/drop_roles',
  ),
)
