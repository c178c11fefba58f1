/** The text is not CSV, or its columns are not what was asked for. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
}

/**
 * The records of a text (RFC 4180): fields between commas, quoted where they hold a comma, a quote or a line break; lines end with CRLF or LF.
 * Strict: a quote inside a bare field, or text after a closing quote, is more often a damaged file than a wish.
 * @throws CsvFault with the line
 */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let line = 1;
  // A byte order mark is how some spreadsheets say UTF-8.
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at, line) : bareField(text, at, line);
    record.push(field.value);
    line += field.value.split('\n').length - 1;
    at = field.end;
    if (text[at] === ',') {
      at += 1;
      // A comma at the very end: one more field, which is empty.
      if (at < text.length) continue;
      record.push('');
    }
    if (text[at] === '\r') at += 1;
    if (at < text.length && text[at] !== '\n')
      throw new CsvFault(`Line ${line}: a carriage return without a line feed.`);
    at += 1;
    line += 1;
    records.push(record);
    record = [];
  }
  return records;
}

function bareField(text: string, start: number, line: number): { value: string; end: number } {
  let end = start;
  while (end < text.length && !',\r\n'.includes(text[end] ?? '')) {
    if (text[end] === '"') throw new CsvFault(`Line ${line}: a quote inside a field without quotes.`);
    end += 1;
  }
  return { value: text.slice(start, end), end };
}

function quotedField(text: string, start: number, line: number): { value: string; end: number } {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new CsvFault(`Line ${line}: a quote is not closed.`);
  const end = close + 1;
  if (end < text.length && !',\r\n'.includes(text[end] ?? '')) {
    throw new CsvFault(`Line ${line}: text after a closing quote.`);
  }
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end };
}

/**
 * Records by the columns their first one names, in any order: each as its fields in the order of `columns`, '' where an optional column is
 * absent. A record with another number of fields than the header comes back as it is not: with none.
 * @throws CsvFault when a column is unknown, twice there or missing
 */
export function readTable<Column extends string>(
  text: string,
  columns: readonly Column[],
  required: readonly Column[],
): string[][] {
  const [header, ...records] = parseCsv(text);
  if (!header) throw new CsvFault('There is no header.');
  const unknown = header.find((name) => !columns.some((column) => column === name));
  if (unknown !== undefined) throw new CsvFault(`There is no column ${JSON.stringify(unknown.slice(0, 40))}.`);
  if (new Set(header).size < header.length) throw new CsvFault('A column stands in the header twice.');
  const missing = required.find((column) => !header.includes(column));
  if (missing !== undefined) throw new CsvFault(`The column ${missing} is missing.`);
  const places = columns.map((column) => header.indexOf(column));
  return records.map((fields) =>
    fields.length === header.length ? places.map((place) => (place < 0 ? '' : (fields[place] ?? ''))) : [],
  );
}
