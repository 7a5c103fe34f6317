import { afterAll, describe, expect, test } from 'vitest'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, resultOf, writeFiles } from './files.js'
import { workbook } from '../support/workbook-file.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

interface Layout {
  file: string
  content: string | Buffer
  format: string
  fund: string
  asOf?: string
  members: Record<string, number>
  skipped?: Record<string, number>
}

const lines = (...rows: string[]): string => rows.join('\n') + '\n'

/** Files written for the tests, in the header cells and spellings of the downloads that issuer_formats names. */
const LAYOUTS: Record<string, Layout> = {
  'iShares of 2026, with a column type': {
    file: 'TSA_holdings.csv', format: 'ishares_2026', fund: 'TSA', asOf: '2026-09-21',
    content: lines(
      'iShares Sample ETF', 'Fund Holdings as of,"Sep 21, 2026"', '\u00a0',
      'Ticker,Name,Type,Sector,Asset Class,Market Value,Notional Value,Quantity,Price,Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date,Market Weight,Notional Weight',
      '"NVDA","NVIDIA CORP","EQUITY","Information Technology","Equity","1","1","1","1","United States","NASDAQ","USD","1.00","USD","-","61.25","61.25"',
      '"AAPL","APPLE INC","EQUITY","Information Technology","Equity","1","1","1","1","United States","NYSE","USD","1.00","USD","-","38.50","38.50"',
      '"AAPL","APPLE INC","SWAP","Information Technology","Swaps","0.00","1","1","1","United States","NYSE","USD","1.00","USD","-","-","-"',
      '"XTSLA","BLK CSH FND TREASURY SL AGENCY","STIF","Cash and/or Derivatives","Money Market","1","1","1","1","United States","-","USD","1.00","USD","-","0.20","0.20"',
    ),
    members: { AAPL: 38.5, NVDA: 61.25 }, skipped: { derivative: 1, 'money market': 1 },
  },
  'iShares UK': {
    file: 'TSB_holdings.csv', format: 'ishares_uk', fund: 'TSB', asOf: '2026-08-21',
    content: lines(
      'Fund Holdings as of,"21/Aug/2026"', ' ',
      'Issuer Ticker,Name,Asset Class,Weight (%),Price,Nominal,Market Value,Notional Value,Sector,ISIN,Exchange,Location,Market Currency',
      '"NVDA","NVIDIA CORP","Equity","70.24","1.12","12,198.00","1,867.64","1,867.64","Information Technology","US67066G1040","NASDAQ","United States","USD"',
      '"NOVO B","NOVO NORDISK CLASS B","Equity","29.01","1.12","12,198.00","1,867.64","1,867.64","Health Care","DK0062498333","Omx Nordic Exchange Copenhagen A/S","Denmark","DKK"',
      '"USD","USD CASH","Cash","0.26","100.00","1.00","1.00","1.00","Cash and/or Derivatives","-","-","United States","USD"',
      ' ',
    ),
    members: { NVDA: 70.24 }, skipped: { 'foreign listing': 1, cash: 1 },
  },
  'iShares DE': {
    file: 'TSC_holdings.csv', format: 'ishares_de', fund: 'TSC', asOf: '2026-03-05',
    content: lines(
      '\ufeffFondsposition per,"05.Mär.2026"', ' ',
      'Emittententicker,Name,Sektor,Anlageklasse,Marktwert,Gewichtung (%),Nominalwert,Nominale,Kurs,Standort,Börse,Marktwährung',
      '"NVDA","NVIDIA CORP","IT","Aktien","2.333.143,86","64,86","2.333,86","13.327,00","175,06","Vereinigte Staaten","NASDAQ","USD"',
      '"AAPL","APPLE INC","IT","Aktien","2.333.143,86","0,065","2.333,86","13.327,00","175,06","Vereinigte Staaten","NASDAQ","USD"',
      '"SAP","SAP","IT","Aktien","2.333.143,86","34,9","2.333,86","13.327,00","175,06","Deutschland","Xetra","EUR"',
      '"CHF","CHF CASH","Cash und/oder Derivate","Geldmarkt","-1.099.541,60","-0,05","1","1","1","Schweiz","-","CHF"',
      '\u00a0',
    ),
    members: { AAPL: 0.065, NVDA: 64.86 }, skipped: { 'foreign listing': 1, 'money market': 1 },
  },
  'iShares IT': {
    file: 'TSD_holdings.csv', format: 'ishares_it', fund: 'TSD', asOf: '2026-02-23',
    content: lines(
      'Al,23/02/2026,,,,,,,,,,', ' ,,,,,,,,,,,',
      "Ticker dell'emittente,Nome,Settore,Asset Class,Valore di mercato,Ponderazione (%),Valore nozionale,Nominale,Prezzo,Area Geografica,Cambio,Valuta di mercato",
      'NVDA,NVIDIA CORP,IT,Azionario,"3.275,56","98,54","3.275,56","7.981,00","410,34",Stati Uniti,NASDAQ,USD',
      'USD,USD CASH,Liquidità e/o derivati,Contanti,"3.275,56","1,20","3.275,56","7.981,00","1,00",Stati Uniti,-,USD',
      ' ,,,,,,,,,,,',
    ),
    members: { NVDA: 98.54 }, skipped: { cash: 1 },
  },
  'the separator of Excel, semicolons and decimal commas': {
    file: 'TSE_holdings.csv', format: 'ishares', fund: 'TSE', asOf: '2026-08-21',
    content: lines(
      'sep=;', 'Fund Holdings as of;21.Aug.2026', '', 'Ticker;Name;Sector;Asset Class;Weight (%);Exchange',
      'NVDA;NVIDIA CORP;Tech;Equity;95,125;NASDAQ', 'AAPL;APPLE INC;Tech;Equity;0,065;NASDAQ', 'TSLA;TESLA INC;Auto;Equity;4;NASDAQ', 'F;FORD MOTOR;Auto;Equity;0,5;NYSE',
    ),
    members: { AAPL: 0.065, F: 0.5, NVDA: 95.125, TSLA: 4 },
  },
  'U.S. Bank, one fund': {
    file: 'TidalFG_Holdings_TSF.csv', format: 'us_bank', fund: 'TSF', asOf: '2026-08-17',
    content: lines(
      'Date,Account,StockTicker,CUSIP,SecurityName,Shares,Price,MarketValue,Weightings,NetAssets,SharesOutstanding,CreationUnits,MoneyMarketFlag',
      '08/17/2026,TSF,NVDA,67066G104,NVIDIA Corp,100.00000000,1.00,100.00,60.47%,1.00,1,5511.0,',
      '08/17/2026,TSF,9672 JP,6896065,Tokyotokeiba Co Ltd,24300.0,4680.0,708516.60,31.39%,1.00,1,1,',
      '08/17/2026,TSF,NVDA  261016C00095000,NVDA  261016C00095000,NVDA US 10/16/26 C95,45115,10.2,1.0,-2.34%,1.00,1,1,',
      '08/17/2026,TSF,912797UK1,912797UK1,United States Treasury Bill 10/15/2026,1,99.4,1.0,5.56%,1.00,1,1,',
      '08/17/2026,TSF,FGXXX,31846V336,First American Government Obligations Fund,100,1,10,2.00%,1.00,1,1,Y',
      '08/17/2026,TSF,Cash&Other,Cash&Other,Cash & Other,-4395925.92,1,-4395925.92,-0.35%,1.00,1,1,Y',
    ),
    members: { NVDA: 60.47 }, skipped: { 'foreign listing': 1, derivative: 1, bond: 1, 'money market': 1, cash: 1 },
  },
  'U.S. Bank, an account that is no fund': {
    file: 'TSG_holdings.csv', format: 'us_bank', fund: 'TSG', asOf: '2026-09-21',
    content: lines(
      'Date,Account,StockTicker,Cusip,SecurityName,Shares,Price,MarketValue,Weightings,NetAssets,SharesOutstanding,CreationUnits,MoneyMarketFlag',
      '09/21/2026,NEOS,NVDA,67066G104,NVIDIA CORP,"1,331,939","255.46","$340,237,157.22","97.79%","$12,192,173,280.00","229,600,000","22,960","N"',
    ),
    members: { NVDA: 97.79 },
  },
  'Themes': {
    file: 'themes.csv', format: 'us_bank_2', fund: 'TSH', asOf: '2026-09-21',
    content: lines(
      'id,date,account,stock_ticker,cusip,security_name,shares,price,market_value,weightings,net_assets,shares_outstanding,creation_units,money_market_flag,country_code,country_full,sector,created_at,updated_at',
      '1,2026-09-21,TSH,NVDA,67066G104,NVIDIA CORP,1,1,1,98.4,1,1,1,,US,United States,Tech,2026-09-21,2026-09-21',
    ),
    members: { NVDA: 98.4 },
  },
  'Global X': {
    file: 'tsi_full-holdings_20260612.csv', format: 'global_x', fund: 'TSI', asOf: '2026-06-12',
    content: lines(
      'Global X Sample ETF', 'Fund Holdings Data as of 06/12/2026',
      '% of Net Assets,Ticker,Name,SEDOL,Market Price ($),Shares Held,Market Value ($)',
      '25.37,TECK/B CN,TECK RESOURCES LTD-CLS B,2879327,64.78,"6,537,398.00","423,494,027.80"',
      '74.88,NVDA,NVIDIA CORP,2379504,189.79,"2,028,470.00","384,983,321.30"',
      '0.00,,CASH,,1.0,"109,749.93","109,749.93"',
      '-0.14,"",NDX US 07/17/26 C30325,"",4060.0,"-2,794.00","-11,343,640.00"',
      '0.01,"",OTHER PAYABLE & RECEIVABLES,"",1.0,"824,459.18","824,459.18"',
      '"The information contained herein may not be reproduced."',
    ),
    members: { NVDA: 74.88 }, skipped: { 'foreign listing': 1, cash: 2, 'no ticker': 1 },
  },
  'KraneShares': {
    file: '06_11_2026_tsj_holdings.csv', format: 'kraneshares', fund: 'TSJ', asOf: '2026-06-11',
    content: lines(
      '"TSJ Holdings","As of 2026-06-11","Holdings Are Subject To Change"',
      'Rank,"Company Name","% of Net Assets",Ticker,Identifier,Type,"Shares Held","Market Value($)","Notional Value($)"',
      '1,"NVIDIA CORP",68.02,NVDA,US67066G1040,Equity,"179,903,876","179,903,876",0',
      '2,Cash,31.98,,–,Cash,"179,903,876","179,903,876",0',
      '3,"US 10YR ULTRA FUT DEC26",0.00,UXYZ6,–,Future,"-1,359",0,"-143,310,797"',
    ),
    members: { NVDA: 68.02 }, skipped: { cash: 1, future: 1 },
  },
  'Direxion': {
    file: 'TSK.csv', format: 'direxion', fund: 'TSK', asOf: '2026-06-12',
    content: lines(
      'Direxion Daily Sample Bull 3X ETF', 'TSK', 'Shares Outstanding:23750001', '', '',
      '"TradeDate","AccountTicker","StockTicker","SecurityDescription","Shares","Price","MarketValue","Cusip","HoldingsPercent"',
      '"6/12/2026 12:00:00 AM","TSK","NVDA","NVIDIA CORP","36219.0000","157.9100","5719342.2900","67066G104","93.0916"',
      '"6/12/2026 12:00:00 AM","TSK","","CASH","1","1","1","CASH","6.5"',
    ),
    members: { NVDA: 93.0916 }, skipped: { cash: 1 },
  },
  'VanEck': {
    file: 'download.xlsx', format: 'vaneck', fund: 'TSL', asOf: '2026-09-22',
    content: workbook({ TSL_asof_20260922: [
      ['Daily Holdings (%)  09/22/2026'], [],
      ['Number', 'Ticker', 'Holding Name', 'Identifier (FIGI)', 'Shares', 'Asset Class', 'Market Value (US$)', 'Notional Value', '% of Net Assets'],
      ['1', 'NVDA', 'Nvidia Corp', 'BBG000BBJQV0', '49,231,461', 'Stock', '$11,092,832,792.52', '--', '77.50%'],
      ['2', 'NST AU', 'Northern Star Resources Ltd', 'BBG00X7YS2P3', '9,000,000', 'Stock', '$100,000,000.00', '--', '22.35%'],
      ['3', '-USD CASH-', '', '', '0', 'Cash Bal', '$57,000,000.00', '--', '0.20%'],
      ['4', '--', 'Other/Cash', '--', '--', 'Cash', '$-1', '--', '-0.00%'],
      ['These are not recommendations to buy or to sell any security.'],
    ] }),
    members: { NVDA: 77.5 }, skipped: { 'foreign listing': 1, cash: 2 },
  },
  'Schwab': {
    file: 'TSM_FundHoldings_2026-09-17.CSV', format: 'schwab', fund: 'TSM', asOf: '2026-09-17',
    content: lines(
      'As-Of-Date,Symbol,Quantity,Percent of Assets,Name,BBG FIGI,Country,Currency,Exchange,Exchange (fx) Rate,Market Currency,Sector',
      '2026-09-17,NVDA,37710468.0000000000,97.9137166784,NVIDIA CORP,BBG000BBJQV0,US,USD,XNGS,1.0000000000,USD,Information Technology',
      '2026-09-17,USD,2832806.9200000000,0.0123721038,US DOLLAR,,US,USD,OTC,1.0000000000,USD,',
      '2026-09-17,,1.0000000000,0.0000000000,EMINI MAR 26,,US,USD,OTC,1.0000000000,USD,',
      '"Holdings may include collateral held by the fund for securities on loan."',
    ),
    members: { NVDA: 97.913717 }, skipped: { cash: 1, 'no ticker': 1 },
  },
  'First Trust': {
    file: 'TSN_holdings.csv', format: 'first_trust', fund: 'TSN', asOf: '2026-07-02',
    content: lines(
      'Holdings of the Fund as of 7/2/2026',
      'Security Name\tIdentifier\tCUSIP\tClassification\tShares / Quantity\tMarket Value\tWeighting',
      'NVIDIA Corporation\tNVDA\t67066G104\tInformation Technology\t870764\t$507,568,335.60\t80.07%',
      'Samsung Electro-Mechanics Co., Ltd.\t009150.KS\tY7470U102\tInformation Technology\t20,240\t$22,440,080.94\t19.64%',
      'US Dollar\t$USD\t\tOther\t6816907\t$6,816,907.43\t0.14%',
    ),
    members: { NVDA: 80.07 }, skipped: { 'foreign listing': 1, cash: 1 },
  },
  'Dimensional': {
    file: 'TSO.csv', format: 'dimensional', fund: 'TSO', asOf: '2026-06-26',
    content: lines(
      'date,etf_ticker,ticker,description,weight,market_value,identifier,isin,sedol,shares,coupon_rate,maturity_date,principal',
      '2026-06-26,TSO,NVDA US,NVIDIA CORP,0.987477915,22365171.36,67066G104,US67066G1040,2379504,254352.0,0.0,,22365171.36',
      '2026-06-26,TSO,AAPL US,APPLE INC,0.000477915,22365171.36,037833100,US0378331005,2046251,254352.0,0.0,,22365171.36',
      '2026-06-26,TSO,CASH US,CASH AND EQUIVALENTS,0.0001,100.0,,,,,0.0,,100.0',
    ),
    members: { AAPL: 0.047792, NVDA: 98.747792 }, skipped: { cash: 1 },
  },
  'WisdomTree': {
    file: 'TSP_holdings.csv', format: 'wisdomtree', fund: 'TSP', asOf: '2026-07-08',
    content: lines(
      'securityName,securityTicker,figi,assetGroup,shares,marketValueBase,wgt,dt',
      'NVIDIA CORP,NVDA UQ,BBG000BBJQV0,EQ,1,1,0.9717,$D2026-07-08T00:00:00.000Z',
      'US DOLLAR,,CASH-US DOLLAR,CA,1,1,0.0017,$D2026-07-08T00:00:00.000Z',
    ),
    members: { NVDA: 97.17 }, skipped: { cash: 1 },
  },
  'J.P. Morgan': {
    file: 'TSQ_holdings.xlsx', format: 'jpmorgan', fund: 'TSQ', asOf: '2026-09-21',
    content: workbook({ Holdings: [
      ['Sample ETF', '', 'As of Date: 09/21/2026'], [],
      ['Ticker', 'Security Description', 'Security Type', 'Country', 'Currency', 'Sector', 'Maturity Date', 'Strike Price', 'Shares/Par', 'Market Value (USD)', '% of Net Assets'],
      ['NVDA', 'NVIDIA CORP', 'DOMESTIC COMMON STOCK', 'United States', 'USD', 'Technology', '', '', 1, 1, 84.5],
      ['', 'SPX 09/22/2026 5990 ELN', 'EQUITY LINKED NOTES', 'United States', 'USD', '', '', '', 1, 1, 14.5],
      ['USD', 'USD CASH', 'CURRENCIES', 'United States', 'USD', '', '', '', 1, 1, 0.5],
    ] }),
    members: { NVDA: 84.5 }, skipped: { derivative: 1, cash: 1 },
  },
} // prettier-ignore

describe.each(Object.entries(LAYOUTS))('%s', (environment, layout) => {
  test('is read', async () => {
    const folder = await write({ [layout.file]: layout.content })
    const path = `${folder}/${layout.file}`
    const result = resultOf(await loadInto(db, { kind: 'etfs', paths: [path], force: true, environment }), layout.file)
    expect(result.problem).toBeUndefined()
    expect(result).toMatchObject({ status: 'loaded', universe: layout.fund, format: layout.format })
    expect(result.as_of).toBe(layout.asOf)
    expect(result.skipped ?? {}).toEqual(layout.skipped ?? {})
    expect(await weights(environment)).toEqual({ [layout.fund]: layout.members })
    const again = await loadInto(db, { kind: 'etfs', paths: [path], force: true, environment })
    expect(again.total_changes).toBe(0)
  })
}) // prettier-ignore

async function write(files: Record<string, string | Buffer>): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

async function weights(environment: string): Promise<Record<string, Record<string, number>>> {
  const rows = await db.query<{ fund: string; members: Record<string, number> }>(
    `SELECT g.name AS fund, jsonb_object_agg(m.symbol, m.weight) AS members
     FROM definition_groups AS g JOIN group_memberships AS m ON m.group_id = g.id
     WHERE g.environment = $1 GROUP BY g.name`,
    [environment],
  )
  return Object.fromEntries(rows.map(({ fund, members }) => [fund, members]))
}
