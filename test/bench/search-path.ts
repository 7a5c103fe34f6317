import { searchPath } from '../../src/database/schemas.js'

/** Options of a connection that sees both schemas of an installation. */
export const SEARCH_PATH = `-c search_path=${searchPath('public').replaceAll(' ', '')}`
