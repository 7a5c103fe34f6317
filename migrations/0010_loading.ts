import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Files on their way in. */
const objects: SqlObject[] = [
  ...firstVersions([
    'loading/staging_line',
    'loading/staged_files',
    'loading/staged_members',
    'loading/staged_symbols',
    'loading/staged_prices',
    'loading/staged_sectors',
    'loading/issuer_formats',
    'loading/issuer_formats_seed',
    'loading/holding_skip_rules',
    'loading/holding_skip_rules_seed',
    'loading/symbol_aliases',
    'loading/symbol_aliases_seed',
    'loading/load_runs',
    'loading/loaded_files',
    'loading/is_iso_date',
    'loading/holdings_date',
    'loading/stage_files',
    'loading/stage_file',
    'loading/reject_file',
    'loading/symbol_limit',
    'loading/is_price',
    'loading/extra_problems',
    'loading/cleaned_holdings',
    'loading/clean_holdings',
    'loading/uncanonical_members',
    'loading/member_problems',
    'loading/member_file_problems',
    'loading/file_objections',
    'loading/hold_files',
    'loading/sector_names',
    'loading/sector_problems',
    'loading/sector_conflicts',
    'loading/desired_overrides',
    'loading/symbol_problems',
    'loading/symbol_duplicates',
    'loading/price_problems',
    'loading/price_duplicates',
    'loading/reject_files',
    'loading/desired_members',
    'loading/prepare_members',
    'loading/prepare_symbols',
    'loading/prepare_prices',
    'loading/prepare_sectors',
    'loading/record_files',
    'loading/retire_members',
    'loading/merge_members',
    'loading/merge_symbols',
    'loading/merge_prices',
    'loading/merge_rows',
    'loading/merge_sectors',
    'loading/publish_load',
    'loading/finish_files',
    'loading/finish_load',
    'loading/load_result',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
