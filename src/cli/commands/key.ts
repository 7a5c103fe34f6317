import { Option, type Command } from 'commander'
import { createKey, SCOPES, type NewKey, type Scope } from '../../http/security/keys.js'
import { printJson } from '../../console/text.js'

interface Options {
  id: string
  scope: Scope
  json?: boolean
}

/** `universes key create --id ID --scope read|operate|admin [--json]`: needs no database and stores nothing. */
export function register(program: Command): void {
  program
    .command('key')
    .description('API keys of the service')
    .command('create')
    .description('create a key and print it with its entry for the configuration of the service')
    .requiredOption('--id <id>', 'name of its user; appears in logs and as triggered_by of runs')
    .addOption(
      new Option('--scope <scope>', 'its rights; each scope includes those before it')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option('--json', 'print it as JSON')
    .action(({ id, scope, json }: Options) => {
      const made = createKey(id, scope)
      if (json) printJson(made)
      else console.log(render(made))
    })
}

function render({ scope, key, entry }: NewKey): string {
  return [
    'Key, for the client. It is shown this once:',
    `  ${key}`,
    '',
    'For the service, in UNIVERSES_API_KEYS (entries separated by commas) or as a line of UNIVERSES_API_KEYS_FILE:',
    `  ${entry}`,
    '',
    'Restart the service, then:',
    `  curl -H 'X-API-Key: ${key}' ${EXAMPLES[scope]}`,
  ].join('\n')
}

const EXAMPLES: Readonly<Record<Scope, string>> = {
  read: 'http://127.0.0.1:8080/api/universes',
  operate: '-X POST http://127.0.0.1:8080/api/processing/cache-sync/trigger',
  admin: 'http://127.0.0.1:8080/admin/cache/stats',
}
