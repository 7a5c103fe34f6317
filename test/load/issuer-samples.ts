import { workbook } from '../support/workbook-file.js'

/** One small file per issuer, written for the tests in the layout of its downloads, with rows that are not members. */
export const ISSUER_SAMPLES: Readonly<Record<string, string | Buffer>> = {
  'AAA_holdings.csv': [
    '\ufeffiShares Sample ETF',
    'Fund Holdings as of,"Nov 18, 2025"',
    '\u00a0',
    'Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Exchange',
    '"NVDA","NVIDIA CORP","Information Technology","Equity","55,112.56","57.82","NASDAQ"',
    '"BRKB","BERKSHIRE HATHAWAY INC CLASS B","Financials","Equity","49,430.00","41.02","New York Stock Exchange Inc."',
    '"XTSLA","BLK CSH FND TREASURY SL AGENCY","Cash and/or Derivatives","Money Market","1.00","0.25","-"',
    '"ESZ5","S&P500 EMINI DEC 25","Cash and/or Derivatives","Futures","0.00","0.00","Index And Options Market"',
    '\u00a0',
    '"Written for tests.\nNot an offer."',
  ].join('\n'),
  'holdings-daily-us-en-bbb.xlsx': workbook({
    holdings: [
      ['Fund Name:', 'Sample Trust'],
      ['Ticker Symbol:', 'BBB'],
      ['Holdings:', 'As of 18-Nov-2025'],
      [],
      ['Name', 'Ticker', 'Identifier', 'SEDOL', 'Weight', 'Sector', 'Shares Held', 'Local Currency'],
      ['NVIDIA CORP', 'NVDA', '67066G104', '2379504', 95.5, '-', 293804757, 'USD'],
      ['APPLE INC', 'AAPL', '037833100', '2046251', 3.25, '-', 173804757, 'USD'],
      ['US DOLLAR', '-', '-', '-', 0.05, '-', 1000, 'USD'],
      [],
      ['Written for tests.'],
    ],
  }),
  'ccc_holdings.csv': [
    'Fund Ticker,Security Identifier,Holding Ticker,Shares/Par Value,MarketValue,Weight,Name,Class of Shares,Sector,Date',
    'CCC,67066G104,NVDA ,"1,000","100,000.00",60.5,NVIDIA Corp,Common Stock,Information Technology,09/24/2025',
    'CCC,037833100,AAPL ,"1,000","100,000.00",39.25,Apple Inc,Common Stock,Information Technology,09/24/2025',
  ].join('\r\n'),
  'ARK_SAMPLE_ETF_DDD_HOLDINGS.csv': [
    'date,fund,company,ticker,cusip,shares,"market value ($)","weight (%)"',
    '06/04/2024,DDD,"TESLA INC",TSLA,88160R101,"3,000,000","$500,000,000.00",90.25%',
    '06/04/2024,DDD,"ROKU INC","ROKU UW",77543R102,"9,000,000","$500,000,000.00",9.35%',
    '06/04/2024,DDD,"GOLDMAN FS TRSY OBLIG INST 468",,X9USDGSFT,"9,000,000","$9,000,000.00",0.18%',
    '"Written for tests."',
  ].join('\n'),
  'Holdings_details_Sample_ETF.csv': [
    'Sample ETF (EEE)',
    '',
    'Equity',
    'as of 10/31/2025',
    '',
    'SEDOL,HOLDINGS,TICKER,CUSIP,SHARES,MARKET VALUE,% OF FUNDS*,SUB-INDUSTRY',
    '2379504,NVIDIA Corp.,NVDA,67066G104,"1,000","$100,000",70.5%,Semiconductors',
    '2588173,Microsoft Corp.,MSFT,594918104,"1,000","$100,000",29.1%,Systems Software',
    '',
    'Short-term reserves',
    'as of 10/31/2025',
    '',
    'SEDOL,HOLDINGS,TICKER,CUSIP,SHARES,MARKET VALUE,% OF FUNDS*',
    '-,Cash,-,-,"1,000","$1,000",0.2%',
  ].join('\n'),
}

/** The same funds as canonical files. */
export const CANONICAL_SAMPLES: Readonly<Record<string, string>> = {
  'aaa_holdings.csv': 'symbol,weight\nNVDA,57.82\nBRK.B,41.02\n',
  'bbb_holdings.csv': 'symbol,weight\nNVDA,95.5\nAAPL,3.25\n',
  'ccc_holdings.csv': 'symbol,weight\nNVDA,60.5\nAAPL,39.25\n',
  'ddd_holdings.csv': 'symbol,weight\nTSLA,90.25\nROKU,9.35\n',
  'eee_holdings.csv': 'symbol,weight\nNVDA,70.5\nMSFT,29.1\n',
}
