import type pg from 'pg'
import type { Problem } from '../file-problem.js'
import { lineOfLastQuote } from '../read-file.js'

/** Translates the error of a COPY into a problem of the file, which has so many columns; undefined if the file is not the cause. */
export async function copyProblem(
  error: pg.DatabaseError,
  path: string,
  columns: number,
): Promise<Problem | undefined> {
  const place = placeOf(error.where)
  switch (error.code) {
    case '22P04':
      return badCopyFormat(error.message, place, path, columns)
    case '22021':
      return { ...badEncoding(error.message), line: place.line }
    case '22P05':
      return {
        message: 'a character that the database cannot store',
        line: place.line,
        value: error.message,
        remedy: 'Use a database with encoding UTF8.',
      }
    case '54000':
      return { message: 'a row is too long', ...place, remedy: 'Is a quote opened and never closed?' }
    default:
      return error.code?.startsWith('22')
        ? { message: error.message, ...place, remedy: 'Correct the line.' }
        : undefined
  }
}

/** Tells the mistakes apart that PostgreSQL reports as "bad COPY file format": only its message does. */
async function badCopyFormat(message: string, place: Place, path: string, columns: number): Promise<Problem> {
  const needed = `Every line needs ${columns} ${columns === 1 ? 'value' : 'values'}`
  if (/extra data/.test(message)) {
    return {
      message: 'more columns than the header',
      ...place,
      remedy: `${needed}; put a value that contains a comma in double quotes.`,
    }
  }
  if (/missing data/.test(message)) {
    if (place.value === '')
      return { message: 'an empty line amid the rows', line: place.line, remedy: 'Delete the line.' }
    return {
      message: 'fewer columns than the header',
      ...place,
      remedy: `${needed}; leave a value empty, but keep its comma.`,
    }
  }
  if (/unterminated/.test(message)) {
    const line = await lineOfLastQuote(path)
    return { message: 'a quote is opened and never closed', line, remedy: 'Close or remove it.' }
  }
  if (/carriage return|newline/.test(message)) {
    return {
      message: 'the line ends differently from the first one',
      line: place.line,
      remedy: 'Save the file with one kind of line end, LF or CR LF.',
    }
  }
  return { message, ...place, remedy: 'Correct the line.' }
}

function badEncoding(message: string): Problem {
  return /0x00\b/.test(message)
    ? { message: 'a NUL byte', remedy: 'The file is damaged or not text: export or download it again.' }
    : { message: 'not UTF-8', value: /0x.*$/.exec(message)?.[0], remedy: 'Save the file as UTF-8.' }
}

interface Place {
  line?: number
  value?: string
}

/** Parses line and text from COPY's context in any language: `COPY staged_members, line 3: "AAPL,1,2"`. */
function placeOf(where: string | undefined): Place {
  const [, line, value] = /^COPY [^,]*,\D*(\d+)(?:[^"]*"(.*)")?/s.exec(where ?? '') ?? []
  return {
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(value === undefined ? {} : { value: value.slice(0, 80) }),
  }
}
