import { bootstrap, firstVersions } from '../src/database/install.js'

/** What is installed, how it is installed, and adoption of tables that exist already. */
export const { files, up, down } = bootstrap(
  firstVersions(
    'install/api_schema',
    'install/engine_schema',
    'install/installed_files',
    'install/installed_objects',
    'install/installed_tables',
    'install/with_schemas',
    'install/register_file',
    'install/unique_keys',
    'install/trial_rows',
    'install/assert_adoptable',
    'install/add_missing_columns',
    'install/insert_trial_row',
    'install/refused_by',
    'install/too_short_for',
    'install/assert_writable',
    'install/adopt_table',
    'install/release_table',
    'install/install_file',
    'install/remove_file',
  ),
)
