import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Roles owner, operator and reader for whoever wants them: installed here, made by SELECT create_roles() and not before. */
const objects: SqlObject[] = [
  ...firstVersions([
    'roles/role_rights',
    'roles/missing_rights',
    'roles/check_prefix',
    'roles/hand_over',
    'roles/revoke_rights',
    'roles/grant_rights',
    'roles/create_roles',
    'roles/drop_roles',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
