/** The first bytes of every SQLite database. https://www.sqlite.org/fileformat.html#the_database_header */
export const sqliteMagic = Buffer.from("SQLite format 3\0", "latin1");

/** What a file is, whatever it is called. */
export function identityOf({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`;
}
