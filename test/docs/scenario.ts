import type { Stage } from './stage.js'

/** Adds the data for the examples of messages: a new stock and a delisted one. */
export async function listedAndInactive({ db, run }: Stage): Promise<void> {
  await db.query(
    `INSERT INTO symbols (symbol, name, type, primary_exchange, active, weighted_shares_outstanding, list_date, sic_code)
     VALUES ('NEWX', 'New Example Inc.', 'CS', 'XNAS', true, 100000000, current_date - 1, '7372')`,
  )
  await db.query(`INSERT INTO ohlcv_daily VALUES ('NEWX', current_date - 1, 20, 21, 19, 20, 1000000)`)
  await run()
  await db.query(`UPDATE symbols SET active = false WHERE symbol = 'AAL'`)
  await run()
}
