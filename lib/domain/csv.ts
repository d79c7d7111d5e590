/** What spreadsheets take for the beginning of a formula, also in their full-width forms. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/u;

/**
 * One field by RFC 4180: quoted where it must be, quotes doubled. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front, which spreadsheets show as plain text (OWASP, "CSV injection").
 */
export function csvField(value: string): string {
  const safe = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One record with its line end. */
export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}
