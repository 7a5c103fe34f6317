import { expect, test } from 'vitest'
import { fundInName, resolveFund } from '../../src/load/finding/fund-name.js'

test.each([
  ['spy_holdings.csv', 'SPY'],
  ['IWV_holdings.csv', 'IWV'],
  ['IWV_holdings (1).csv', 'IWV'],
  ['IWV_Holdings_20250521.csv.gz', 'IWV'],
  ['brk.b_holdings.csv', 'BRK.B'],
  ['holdings-daily-us-en-spy.xlsx', 'SPY'],
  ['HOLDINGS-DAILY-US-EN-XLRE.XLSX', 'XLRE'],
  ['ARK_INNOVATION_ETF_ARKK_HOLDINGS.csv', 'ARKK'],
  ['Holdings_details_VTI.csv', 'VTI'],
  ['VTI_holdings_details.csv', 'VTI'],
  ['Holdings details - S&P 500 ETF (VOO).csv', 'VOO'],
  ['Holdings_details_Total_Stock_Market_ETF.csv', undefined],
  ['Holdings_details_Value_ETF.csv', undefined],
  ['holdings.csv', undefined],
  ['my_holdings.csv', undefined],
  ['invesco_qqq_trust,_series_1-monthly_holdings.csv', undefined],
  ['etf_data.csv', undefined],
  ['russell_3000_holdings.csv', undefined],
])('%s is about %s', (name, fund) => {
  expect(fundInName(name)).toBe(fund)
})

test.each([
  [{ content: 'SPY' }, 'SPY'],
  [{ name: 'IWV' }, 'IWV'],
  [{ asked: 'VTI' }, 'VTI'],
  [{ content: 'SPY', name: 'SPY' }, 'SPY'],
  [{ name: 'IWV', asked: 'VTI' }, 'VTI'],
  [{ content: 'SPY', name: 'IWV', asked: 'SPY' }, 'SPY'],
])('%j settles the fund', (clues, fund) => {
  expect(resolveFund(clues)).toBe(fund)
})

test.each([
  [{ content: 'SPY', name: 'QQQ' }, 'the file is about SPY, but its name says QQQ', /--etf SPY/],
  [{ content: 'SPY', asked: 'QQQ' }, 'the file is about SPY, not about QQQ', /--etf SPY/],
  [{ content: 'SPY', name: 'QQQ', asked: 'QQQ' }, 'the file is about SPY, not about QQQ', /--etf SPY/],
  [{}, 'neither the file nor its name says which fund it is about', /--etf/],
])('%j is a problem with a remedy', (clues, message, remedy) => {
  expect(resolveFund(clues)).toEqual({ message, remedy: expect.stringMatching(remedy) as string })
})
