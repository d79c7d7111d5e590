import type { CheckDefinition } from "#lib/contracts/drill-checks";
import type { CheckType } from "#lib/domain/drill-checks";

type Engine = "postgres" | "sqlite";

/** The built-in checks that a plan has or has not, in the order in which they run. */
const switchable = {
  postgres: [
    "stream-checksum",
    "restore-errors",
    "tables-present",
    "content",
    "database-properties",
    "sequences",
    "constraints",
    "foreign-keys",
    "roles",
    "extensions",
    "migration-head",
    "index-structure",
    "size",
    "recovery-point",
    "recovery-time",
  ],
  sqlite: [
    "stream-checksum",
    "sqlite-integrity",
    "sqlite-foreign-keys",
    "tables-present",
    "content",
    "size",
    "recovery-point",
    "recovery-time",
  ],
} as const satisfies Record<Engine, readonly CheckType[]>;
export type SwitchableCheck = (typeof switchable)[Engine][number];

/** Those that a person adds with words of their own; an SQLite file has no server that an application could use. */
const addable = {
  postgres: ["sql", "newest-row", "http", "command", "manual"],
  sqlite: ["sql", "manual"],
} as const satisfies Record<Engine, readonly CheckType[]>;
export type AddableCheck = (typeof addable)[Engine][number];

export function switchableChecks(engine: Engine): readonly SwitchableCheck[] {
  return switchable[engine];
}

export function addableChecks(engine: Engine): readonly AddableCheck[] {
  return addable[engine];
}

export function isAddable(type: CheckType): type is AddableCheck {
  return (addable.postgres as readonly CheckType[]).includes(type);
}

/** A built-in check as it is switched on. */
function newBuiltIn(type: SwitchableCheck): CheckDefinition {
  const always = { key: type, name: "", mandatory: type !== "size" && type !== "index-structure" };
  if (type === "size") return { ...always, type, shrinkPercent: 50, growPercent: 200 };
  if (type === "migration-head") return { ...always, type, application: null };
  return { ...always, type };
}

/** Adds a built-in check at its place in the order; one that is there stays as it is. */
export function switchOn(checks: readonly CheckDefinition[], type: SwitchableCheck, engine: Engine): CheckDefinition[] {
  if (checks.some((check) => check.type === type)) return [...checks];
  const order: readonly CheckType[] = switchable[engine];
  const place = order.indexOf(type);
  const before = checks.findLastIndex((check) => order.indexOf(check.type) !== -1 && order.indexOf(check.type) < place);
  return checks.toSpliced(before + 1, 0, newBuiltIn(type));
}

export function switchOff(checks: readonly CheckDefinition[], type: CheckType): CheckDefinition[] {
  return checks.filter((check) => check.type !== type);
}

/** Puts a check in the place of the one with its key, or at the end of those that were added; the recovery objectives stay last. */
export function putCheck(checks: readonly CheckDefinition[], check: CheckDefinition): CheckDefinition[] {
  const at = checks.findIndex(({ key }) => key === check.key);
  if (at !== -1) return checks.with(at, check);
  const objectives = checks.findIndex(({ type }) => type === "recovery-point" || type === "recovery-time");
  return checks.toSpliced(objectives === -1 ? checks.length : objectives, 0, check);
}

/** Changes places with the added check before (-1) or after (1) it. */
export function moveCheck(checks: readonly CheckDefinition[], key: string, by: -1 | 1): CheckDefinition[] {
  const added = checks.flatMap((check, index) => (isAddable(check.type) ? [index] : []));
  const nth = added.findIndex((index) => checks[index]?.key === key);
  const from = added[nth];
  const to = added[nth + by];
  const one = from === undefined ? undefined : checks[from];
  const other = to === undefined ? undefined : checks[to];
  if (from === undefined || to === undefined || one === undefined || other === undefined) return [...checks];
  return checks.with(from, other).with(to, one);
}

/** A key for a new check, made of its name and free among the others; it stays when the check is renamed. */
export function freeKey(checks: readonly CheckDefinition[], name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  const stem = plain === "" ? "check" : plain;
  const taken = new Set(checks.map(({ key }) => key));
  for (let nth = 1; ; nth += 1) {
    const key = nth === 1 ? stem : `${stem}-${nth}`;
    if (!taken.has(key)) return key;
  }
}
