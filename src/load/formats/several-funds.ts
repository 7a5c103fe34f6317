import type { VisitRow } from './csv-rows.js'
import { IssuerFormat, eachRowOf } from './issuer.js'
import { isFund, type IssuerHead } from './issuer-head.js'

/** A row of a file with the number of its line. */
export type NumberedRow = Parameters<VisitRow>

/**
 * Reads a file that may be about several funds, and tells them apart by their column: a blank cell means the fund of the
 * row above. Returns a format for each fund, and nothing if there is one fund only. A bad row is a problem of its fund.
 */
export async function readFunds(path: string, head: IssuerHead): Promise<Map<string, IssuerFormat>> {
  const { layout, places, row: headerRow } = head.header
  const formats = new Map<string, IssuerFormat>()
  const place = places.fund
  if (!layout.severalFunds || place === undefined) return formats

  const above: NumberedRow[] = []
  const funds = new Map<string, NumberedRow[]>()
  let current: NumberedRow[] | undefined
  await eachRowOf(path, head, (...row) => {
    if (above.length <= headerRow) {
      above.push(row)
      return
    }
    const fund = fundIn(row[0][place], layout.fundPattern)
    if (fund !== undefined) {
      current = funds.get(fund) ?? []
      funds.set(fund, current)
    }
    current?.push(row)
  })
  if (funds.size < 2) return formats
  for (const [fund, rows] of funds) {
    const asOf = places.as_of === undefined ? head.asOf : rows[0]![0][places.as_of]?.trim()
    formats.set(fund, new IssuerFormat({ ...head, fund, asOf }, [...above, ...rows]))
  }
  return formats
}

function fundIn(cell: string | undefined, pattern: RegExp | undefined): string | undefined {
  const text = cell?.trim() ?? ''
  const fund = (pattern ? pattern.exec(text)?.[1] : text)?.toUpperCase()
  return fund !== undefined && isFund(fund) ? fund : undefined
}
