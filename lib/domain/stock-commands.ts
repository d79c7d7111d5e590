import type { StreamExtension } from "./backup-state.ts";

/** What the commands need to know of a full backup's file. */
export type StockFile = {
  /** Name of the pack as it lies in storage, ending in `.zst`. */
  readonly fileName: string;
  readonly packSha256: string;
  readonly streamSha256: string;
  readonly extension: StreamExtension;
  /** Name for the new database; any name that PostgreSQL takes. */
  readonly database: string;
  readonly properties: {
    readonly encoding: string;
    readonly localeProvider: string;
    readonly collate: string;
    readonly ctype: string;
    readonly icuLocale: string | null;
  } | null;
};

/** Quotes a word for a POSIX shell. A control character would be copied invisibly, so such words use `$'…'` (bash, zsh, ksh). */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(word)) return word;
  // oxlint-disable-next-line no-control-regex
  if (!/[\u0000-\u001f\u007f]/u.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("'", String.raw`\'`)
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f]/gu, (character) => String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `$'${escaped}'`;
}

function createOptions(properties: NonNullable<StockFile["properties"]>): string[] {
  const { encoding, localeProvider, icuLocale, collate, ctype } = properties;
  const icu = localeProvider === "icu" && icuLocale !== null ? ["--locale-provider=icu", `--icu-locale=${shellQuote(icuLocale)}`] : [];
  return [`--encoding=${shellQuote(encoding)}`, ...icu, `--lc-collate=${shellQuote(collate)}`, `--lc-ctype=${shellQuote(ctype)}`];
}

/**
 * The commands that restore a full backup's file with stock tools only: check, decompress, check, create, restore. The database's
 * name travels in `PGDATABASE`, where `-Fp`, `a=b` and `postgresql://…` are only names (FAULTS.md, what stock tools do not tell you).
 */
export function stockCommands(file: StockFile): string[] {
  const plain = file.fileName.replace(/\.zst$/, "");
  return [
    `echo "${file.packSha256}  ${file.fileName}" | sha256sum --check`,
    `zstd -d ${shellQuote(file.fileName)} -o ${shellQuote(plain)}`,
    `echo "${file.streamSha256}  ${plain}" | sha256sum --check`,
    ...useCommands(file, plain),
  ];
}

/** What is done with the checked stream: an archive is loaded, an SQLite file is the database itself, a tar is anybody's. */
function useCommands({ extension, properties, database }: StockFile, plain: string): string[] {
  switch (extension) {
    case "dump": {
      const create = ["createdb", "--template=template0", ...(properties === null ? [] : createOptions(properties))];
      return [
        `${create.join(" ")} -- ${shellQuote(database)}`,
        `PGDATABASE=${shellQuote(database)} pg_restore --dbname= ${shellQuote(plain)}`,
      ];
    }
    case "db":
      return [`sqlite3 ${shellQuote(plain)} "PRAGMA integrity_check"`];
    case "tar":
      return [];
    default:
      return extension satisfies never;
  }
}

/** A name for the copy beside the original: `<database>_restored`, cut between characters to fit PostgreSQL's 63 bytes. */
export function copyName(database: string): string {
  const suffix = "_restored";
  const room = new Uint8Array(63 - suffix.length);
  const { read } = new TextEncoder().encodeInto(database, room);
  return `${database.slice(0, read)}${suffix}`;
}
