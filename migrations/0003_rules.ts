import type { MigrationBuilder } from 'node-pg-migrate'
import { firstVersions, install, revert, type SqlObject } from '../src/database/install.js'

/** Rules as rows. Seeded here once: no later migration writes to these tables again without asking. */
const objects: SqlObject[] = [
  ...firstVersions([
    'rules/settings',
    'rules/membership_guards',
    'rules/event_channels',
    'rules/market_cap_bands',
    'rules/ranking_sizes',
    'rules/sectors',
    'rules/sector_etfs',
    'rules/sector_sources',
    'rules/sector_overrides',
    'rules/vendor_sectors',
    'rules/industry_groups',
    'rules/sic_sectors',
    'rules/etf_categories',
    'rules/etf_category_funds',
    'rules/theme_rules',
    'rules/settings_seed',
    'rules/membership_guards_seed',
    'rules/event_channels_seed',
    'rules/market_cap_bands_seed',
    'rules/ranking_sizes_seed',
    'rules/sectors_seed',
    'rules/sector_etfs_seed',
    'rules/sector_sources_seed',
    'rules/vendor_sectors_seed',
    'rules/sub_industries_seed',
    'rules/industry_groups_seed',
    'rules/sic_sectors_seed',
    'rules/etf_categories_seed',
    'rules/etf_category_funds_seed',
    'rules/theme_rules_seed',
    'rules/track_rule_changes',
    'rules/rule_triggers',
    'rules/track_override_changes',
  ]),
]

export function up(pgm: MigrationBuilder): void {
  install(pgm, objects)
}

export function down(pgm: MigrationBuilder): void {
  revert(pgm, objects)
}
