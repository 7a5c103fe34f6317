import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { interleave, type Row } from './bench.js'
import { changeOnePercent, largeHoldings, loaded, loadedHoldings, type Holdings } from './holdings.js'
import { temporaryCopy } from './load-unchanged.js'
import { startPsql, type Psql } from './psql.js'
import { ratioLine } from './report.js'
import type { Database } from './servers.js'

/** A load of 4.5 million memberships: all new, and one percent changed. */
export const loadLarge: Row = {
  name: 'load-large',
  run: async (bench) => {
    const { servers, log } = bench
    const holdings = await largeHoldings(bench)
    const file = await oneFile(holdings)
    const keyed = await servers.database(holdings.template)
    const psql = await startPsql(keyed.url)
    log(`load, all new: ${holdings.name}`)
    let copy: Database
    const load = (): Promise<unknown> =>
      loaded({ kind: 'etfs', paths: [holdings.folder], client: copy.client, mode: 'full', force: true })
    const allNew = await interleave(
      keyedCopy(psql, file),
      {
        before: async () => void (copy = await servers.database(holdings.template)),
        run: load,
        after: () => copy.drop(),
      },
      1,
      0,
    )
    await psql.stop()
    await keyed.drop()

    log(`load, one percent changed: ${holdings.name}`)
    copy = await servers.database(await loadedHoldings(bench, holdings))
    const floor = await startPsql(copy.url)
    let edition = 0
    const temporary = temporaryCopy(floor, holdings)
    const before = async (): Promise<void> => {
      changeOnePercent(holdings, (edition += 1))
      await temporary.before?.()
    }
    const changed = await interleave({ ...temporary, before }, { run: load }, 2)
    await floor.stop()
    await copy.drop()
    const note = 'one percent: another weight, which closes and opens a row of history'
    return [
      ratioLine(
        `load, all new: ${holdings.name}`,
        allNew,
        { atMost: 2 },
        { note: 'once; psql \\copy into a table with the same keys' },
      ),
      ratioLine(`load, one percent changed: ${holdings.name}`, changed, { atMost: 3 }, { note }),
    ]
  },
}

/** All files in one, with the number of the group: what a table with the same keys takes. */
async function oneFile({ folder, files }: Holdings): Promise<string> {
  const parts: string[] = []
  for (const [index, file] of files.entries()) {
    const [, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
    parts.push(lines.map((line) => `${index + 1},${line}\n`).join(''))
  }
  const path = join(folder, 'all.txt')
  writeFileSync(path, parts.join(''))
  return path
}

/** \copy of everything into an empty table with the keys of group_memberships. */
function keyedCopy(psql: Psql, file: string): { before: () => Promise<void>; run: () => Promise<void> } {
  return {
    before: () =>
      psql.run(`
        SET client_min_messages = warning;
        DROP TABLE IF EXISTS keyed, keyed_groups;
        CREATE TABLE keyed_groups (id bigint PRIMARY KEY);
        INSERT INTO keyed_groups SELECT generate_series(1, 1500);
        CREATE TABLE keyed (LIKE group_memberships INCLUDING ALL);
        ALTER TABLE keyed ADD FOREIGN KEY (group_id) REFERENCES keyed_groups (id);`),
    run: () => psql.run(`\\copy keyed (group_id, symbol, weight) FROM '${file}' WITH (FORMAT csv)`),
  }
}
