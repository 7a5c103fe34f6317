import type { Client } from 'pg'

/** Vacuums and analyzes what autovacuum would by its default thresholds: it would not wake up in time. */
export async function actAsAutovacuum(client: Client): Promise<void> {
  await client.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await client.query<{ tables: string | null }>(
    `SELECT string_agg(format('%I.%I', schemaname, relname), ', ') AS tables
     FROM pg_stat_user_tables
     WHERE n_dead_tup > 50 + 0.2 * n_live_tup OR n_mod_since_analyze > 50 + 0.1 * n_live_tup
       OR n_ins_since_vacuum > 1000 + 0.2 * n_live_tup`,
  )
  if (rows[0]?.tables) await client.query(`VACUUM (ANALYZE) ${rows[0].tables}`)
}
