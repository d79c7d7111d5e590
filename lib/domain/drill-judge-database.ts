import { differs, failed, found, type Judgement, missing, passed, short, shown } from "./drill-judgement.ts";
import { isToleratedError } from "./restore-errors.ts";

type Properties = {
  readonly owner: string;
  readonly encoding: string;
  readonly localeProvider: string;
  readonly collate: string;
  readonly ctype: string;
  readonly icuLocale: string | null;
  readonly acl: readonly string[];
  readonly settings: readonly { readonly role: string | null; readonly setting: string }[];
  readonly comment: string | null;
  readonly connectionLimit: number;
};

/** What no dump of the database carries. Ways of writing that differ between versions of the server are taken for the same. */
export function judgeProperties(recorded: Properties, copy: Properties, ownRoles: readonly string[]): Judgement {
  const pairs: [string, string, string][] = [
    ["owner", recorded.owner, copy.owner],
    ["encoding", recorded.encoding, copy.encoding],
    ["locale", localeOf(recorded), localeOf(copy)],
    ["grants", grantsOf(recorded, ownRoles).join(" "), grantsOf(copy, ownRoles).join(" ")],
    ["settings", settingsOf(recorded).join(", "), settingsOf(copy).join(", ")],
    ["connection limit", String(recorded.connectionLimit), String(copy.connectionLimit)],
    ["comment", recorded.comment ?? "", copy.comment ?? ""],
  ];
  const other = pairs.filter(([, before, after]) => before !== after);
  const summary = `owner ${recorded.owner}, ${recorded.encoding}, ${localeOf(recorded)}, ${recorded.settings.length} settings`;
  if (other.length === 0) return passed(summary, "as recorded");
  const [what, before, after] = other[0]!;
  const lines = other.map(([name, wanted, actual]) => `${name}: ${wanted || "none"} expected, ${actual || "none"} found`);
  return differs(`${what} ${before || "none"}`, `${what} ${after || "none"}`, lines.join("\n"));
}

/** `en_US.UTF-8` and `en_US.utf8` are one locale of the C library, `en_US` and `en-US` one of ICU. */
function localeOf({ localeProvider, collate, ctype, icuLocale }: Properties): string {
  const libc = [...new Set([collate, ctype])].map((name) => name.toLowerCase().replace(/\.(utf)-?8$/, ".$18")).join(" ");
  return localeProvider === "libc" ? `libc ${libc}` : `${localeProvider} ${(icuLocale ?? collate).replaceAll("_", "-")} ${libc}`;
}

const settingsOf = ({ settings }: Properties) =>
  settings.map(({ role, setting }) => `${role === null ? "" : `${role}: `}${setting}`).toSorted();

/** Without whom they were given by; none at all means the default ones. */
function grantsOf({ acl, owner }: Properties, ownRoles: readonly string[]): string[] {
  if (acl.length === 0) return ["=Tc", `${owner}=CTc`].toSorted();
  const parsed = acl.flatMap((item) => {
    const { grantee, privileges } = parseGrant(item);
    return ownRoles.includes(grantee) && grantee !== owner ? [] : [`${grantee}=${privileges}`];
  });
  return parsed.toSorted();
}

/** `"a name"=Tc/other`: a name is quoted when it has to be, which is decided otherwise from version 18 on. */
function parseGrant(item: string): { grantee: string; privileges: string } {
  const [, quoted, plain, privileges = ""] = /^(?:"((?:[^"]|"")*)"|([^=]*))=([^/]*)\//s.exec(item) ?? [];
  const grantee = quoted === undefined ? (plain ?? item) : quoted.replaceAll('""', '"');
  return { grantee, privileges: (privileges.match(/[a-zA-Z]\*?/g) ?? []).toSorted().join("") };
}

type SequenceName = { readonly schema: string; readonly name: string };
type CopiedSequence = SequenceName & {
  readonly lastValue: string | null;
  readonly direction: "up" | "down" | "cycle";
  readonly columns: readonly {
    readonly schema: string;
    readonly table: string;
    readonly column: string;
    readonly greatest: string | null;
  }[];
  readonly behind: boolean;
};

/** A sequence is read after the snapshot whose rows it numbers: it may be further than it was recorded, never less far. */
export function judgeSequences(
  recorded: readonly (SequenceName & { readonly lastValue: string })[],
  copy: readonly CopiedSequence[],
): Judgement {
  const name = (sequence: SequenceName) => shown({ schema: sequence.schema, table: sequence.name });
  const byName = new Map(copy.map((sequence) => [name(sequence), sequence]));
  const expected = `${recorded.length} sequences, none behind`;
  const absent = recorded.filter((sequence) => !byName.has(name(sequence))).map(name);
  if (absent.length > 0) return missing("sequences", absent, { expected, actual: `${absent.length} missing` });
  const lines = copy.filter(({ behind }) => behind).map((sequence) => behindColumns(name(sequence), sequence));
  const named = new Set(copy.filter(({ behind }) => behind).map(name));
  for (const { lastValue, ...sequence } of recorded) {
    const now = byName.get(name(sequence))!;
    if (named.has(name(sequence)) || !isLess(now, lastValue)) continue;
    lines.push(`${name(sequence)}: ${lastValue} was recorded, the copy is at ${now.lastValue ?? "its beginning"}`);
  }
  if (lines.length > 0) return found("sequences", lines, { expected, actual: `${lines.length} behind` });
  return passed(expected, `${copy.length} sequences, none behind`);
}

function behindColumns(name: string, { lastValue, columns }: CopiedSequence): string {
  const filled = columns.filter(({ greatest }) => greatest !== null);
  const at = filled.map(({ schema, table, column, greatest }) => `${schema}.${table}.${column} has ${greatest}`).join(", ");
  return `${name} is at ${lastValue ?? "its beginning"}, ${at}`;
}

function isLess({ lastValue, direction }: CopiedSequence, recorded: string): boolean {
  if (direction === "cycle" || !/^-?\d+$/.test(recorded)) return false;
  if (lastValue === null) return true;
  return direction === "up" ? BigInt(lastValue) < BigInt(recorded) : BigInt(lastValue) > BigInt(recorded);
}

type Extension = { readonly name: string; readonly version: string };

/** Another version is told: an extension comes with the server that it is on. */
export function judgeExtensions(recorded: readonly Extension[], copy: readonly Extension[]): Judgement {
  const versions = new Map(copy.map(({ name, version }) => [name, version]));
  const expected = recorded.map(({ name, version }) => `${name} ${version}`).join(", ");
  const absent = recorded.filter(({ name }) => !versions.has(name)).map(({ name }) => name);
  const actual = copy.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (absent.length > 0) return missing("extensions", absent, { expected, actual });
  const other = recorded.filter(({ name, version }) => versions.get(name) !== version);
  return passed(
    expected,
    actual,
    other.map(({ name, version }) => `${name}: ${version} was recorded, ${versions.get(name)} is there`).join("\n"),
  );
}

type Orphans = {
  readonly schema: string;
  readonly table: string;
  readonly constraint: string;
  readonly orphans: number;
  readonly sample: string;
};

/** `notValid` are foreign keys that were not validated when they were backed up, as `table constraint`: their rows may be as they were. */
export function judgeForeignKeys(orphans: readonly Orphans[], foreignKeys: number, notValid: ReadonlySet<string>): Judgement {
  const expected = `${foreignKeys} foreign keys, no orphan`;
  const line = ({ schema, table, constraint, orphans: count, sample }: Orphans) =>
    `${constraint} of ${schema}.${table}: ${count} rows refer to nothing, for example ${short(sample)}`;
  const isKnown = ({ schema, table, constraint }: Orphans) => notValid.has(JSON.stringify([schema, `${table} ${constraint}`]));
  const bad = orphans.filter((each) => !isKnown(each));
  const told = orphans.filter(isKnown).map((each) => `${line(each)}; it was not validated when it was backed up`);
  if (bad.length === 0) return passed(expected, `${foreignKeys} foreign keys, no orphan`, told.join("\n"));
  const rows = bad.reduce((sum, each) => sum + each.orphans, 0);
  return found("rows", [...bad.map(line), ...told], { expected, actual: `${rows} orphans` }, rows);
}

type Head = { readonly tool: string; readonly head: string };

export type MigrationHeads = {
  readonly recorded: Head | null;
  readonly copy: Head | null;
  /** One for each part of the application that has its own. */
  readonly copyHeads: readonly string[];
  /** What an application's repository or release declares, its heads separated by comma and space; null: it is not asked. */
  readonly declared: (Head & { readonly application: string }) | null;
};

/** The copy has the head that was recorded, and the one that the application declares. */
export function judgeMigrationHead({ recorded, copy, copyHeads, declared }: MigrationHeads): Judgement {
  const text = (head: Head | null) => (head === null ? "none" : `${head.tool} ${head.head}`);
  if (recorded !== null && text(recorded) !== text(copy)) return differs(text(recorded), text(copy));
  if (declared === null) return passed(text(recorded), text(copy));
  const expected = `${text(declared)}, as ${declared.application} declares`;
  const wanted = declared.head.split(", ");
  const isSame = copy?.tool === declared.tool && wanted.every((head) => copyHeads.includes(head)) && !hasMore(declared, wanted, copyHeads);
  return isSame ? passed(expected, text(copy)) : differs(expected, copy === null ? "none" : `${copy.tool} ${copyHeads.join(", ")}`);
}

/** Django's other apps have migrations that the application does not declare; elsewhere every head counts. */
function hasMore({ tool }: Head, wanted: readonly string[], heads: readonly string[]): boolean {
  return tool !== "django" && heads.some((head) => !wanted.includes(head));
}

/** From the newest row to the backup's snapshot, in minutes. */
export function judgeNewestRow(
  newest: Date | null,
  snapshotAt: Date,
  order: { readonly name: string; readonly maxAgeMinutes: number },
): Judgement {
  const expected = `a row of ${order.name} at most ${order.maxAgeMinutes} min older than the backup`;
  if (newest === null) return differs(expected, "no row");
  const minutes = Math.ceil((snapshotAt.getTime() - newest.getTime()) / 60_000);
  const actual = minutes < 0 ? `newest ${newest.toISOString()}, after the backup` : `newest ${newest.toISOString()}, ${minutes} min older`;
  return minutes <= order.maxAgeMinutes ? passed(expected, actual) : differs(expected, actual);
}

/** Beyond this many seconds since 1970 a number is one of milliseconds: the year 5138. */
const mostSeconds = 100_000_000_000;

/** A time as programs write it into files: ISO 8601 (UTC where it has no zone), or seconds or milliseconds since 1970. Null for anything else. */
export function timeOfText(text: string): Date | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    return new Date(number > mostSeconds ? number : number * 1_000);
  }
  const [, day, clock, zone] = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const time = new Date(`${day}T${clock ?? "00:00"}${zone ?? "Z"}`);
  return day === undefined || Number.isNaN(time.getTime()) ? null : time;
}

/** Bytes of the copy against those of the drill before. */
export function judgeSize(
  bytes: number,
  previousBytes: number,
  bounds: { readonly shrinkPercent: number; readonly growPercent: number },
): Judgement {
  const least = Math.floor(previousBytes * (1 - bounds.shrinkPercent / 100));
  const most = Math.ceil(previousBytes * (1 + bounds.growPercent / 100));
  const expected = `${least} to ${most} bytes; ${previousBytes} in the drill before`;
  const actual = `${bytes} bytes`;
  return bytes >= least && bytes <= most ? passed(expected, actual) : differs(expected, actual);
}

/** `amcheck` and SQLite's own checks: lines are problems. */
export function judgeProblems(expected: string, problems: readonly string[], actual: string, count = problems.length): Judgement {
  return count === 0 ? passed(expected, actual) : found("problems", problems, { expected, actual: `${count} problems` }, count);
}

/** Errors that only concern owners and grants are left to `roles`. `counts` are of all errors, where `errors` is a list that was cut. */
export function judgeRestoreErrors(
  exitCode: number,
  errors: readonly { readonly class: string; readonly entry: string; readonly message: string }[],
  counts: { readonly count: number; readonly tolerated: number } | null = null,
): Judgement {
  const line = (error: { class: string; entry: string; message: string }) => `${error.class}: ${error.entry}: ${short(error.message)}`;
  const bad = errors.filter((error) => !isToleratedError(error));
  const tolerated = errors.filter(isToleratedError).map(line);
  const all = counts ?? { count: errors.length, tolerated: tolerated.length };
  const expected = "no error beside owners and grants";
  const badCount = Math.max(bad.length, all.count - all.tolerated);
  if (badCount > 0) return found("errors", [...bad.map(line), ...tolerated], { expected, actual: `${badCount} errors` }, badCount);
  if (exitCode !== 0 && tolerated.length === 0) {
    const reason = { code: "tool-failed", params: { tool: "pg_restore", exitCode, detail: "no error was printed" } } as const;
    return failed(expected, `exit code ${exitCode}`, reason);
  }
  return passed(expected, tolerated.length === 0 ? "no error" : `${all.tolerated} errors of owners and grants`, tolerated.join("\n"));
}
