import { firstVersions, migration } from '../src/database/install.js'

/** The report, the overview of the admin page, and metrics. */
export const { files, up, down } = migration(
  firstVersions(
    'reports/fund_top_holdings',
    'reports/report_totals',
    'reports/report_universes',
    'reports/report_sectors',
    'reports/report_coverage',
    'reports/report_runs',
    'reports/report_loads',
    'reports/report_alerts',
    'reports/report_funds',
    'reports/relationship_report',
    'reports/overview_universes',
    'reports/overview_runs',
    'reports/overview_running',
    'reports/admin_overview',
    'reports/service_metrics',
  ),
)
