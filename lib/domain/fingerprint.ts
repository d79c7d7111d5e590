import type { Params } from "./error.ts";

/** `[schema, table, rows, SHA-256 of its content or null]`. */
export type FingerprintTable = readonly [schema: string, table: string, rows: number, sha256: string | null];

/** What a source looked like on a day. */
export type DayPrint = {
  readonly migrationHead: string | null;
  readonly tables: readonly FingerprintTable[];
  /** What was odd about it. */
  readonly findings?: readonly Finding[];
};

export type TableName = { readonly schema: string; readonly table: string };

export type WatchSettings = {
  readonly digests: readonly TableName[];
  /** Tables that ought to grow every day; null: learned from history. */
  readonly growing: readonly TableName[] | null;
  readonly ignored: readonly TableName[];
};

export type FindingCode = "table-gone" | "table-shrank" | "stopped-growing" | "rows-shrank" | "head-went-back" | "digest-changed";
export type Finding = {
  readonly code: FindingCode;
  /** Empty for what is about the whole source. */
  readonly schema: string;
  readonly table: string;
  readonly params: Params;
  /** Somebody said that it was meant. */
  readonly accepted?: boolean | undefined;
};

/** So many days are looked back: four weeks have four weekends. */
export const historyDays = 28;
/** With fewer intervals than this nothing is learned from history. */
const learnFrom = 7;
/** A loss of rows is told beyond this share; beyond less of a table that only ever grew, beyond more of one that often loses. */
const usualLoss = 0.25;
const lossOfGrowing = 0.02;
/** What was lost before and came back may be lost half as much again, yet never more than half of what was left then. */
const habitOf = (loss: number) => Math.min(1.5 * loss, (1 + loss) / 2);
const fewRows = 10;
const mostFindings = 50;

/** What is watched as long as nobody has said anything: every table's rows, no contents. */
export const proposedSettings: WatchSettings = { digests: [], growing: null, ignored: [] };

const keyOf = (schema: string, table: string) => JSON.stringify([schema, table]);
const keysOf = (names: readonly TableName[]) => new Set(names.map(({ schema, table }) => keyOf(schema, table)));
/** Partitions of one table differ by their numbers alone; null for a name without any. */
const shapeOf = (schema: string, table: string) => (/\d/.test(table) ? keyOf(schema, table.replaceAll(/\d+/g, "#")) : null);

/**
 * What is odd about a day, compared with the days before it (newest first): tables that shrank, disappeared or stopped growing, fewer rows in
 * all, migrations that went back, contents that never changed before. What a table did before is what it may do: one that is emptied every
 * night, rests on Sundays or loses its oldest partition is not odd. What was odd the day before, and nobody meant, lasts until it is made good.
 * `leftOut` tells what this backup does not hold on purpose.
 */
export function findOdd(
  now: DayPrint,
  before: readonly DayPrint[],
  settings: WatchSettings,
  leftOut: (name: TableName) => boolean = () => false,
): Finding[] {
  const [last] = before;
  if (last === undefined) return [];
  const ignored = keysOf(settings.ignored);
  const isWatched = ([schema, table]: FingerprintTable) => !ignored.has(keyOf(schema, table)) && !leftOut({ schema, table });
  const series = seriesOf([...before].reverse());
  const open = (last.findings ?? []).filter(isDivergence);
  const lost = stillLost(now, open, isWatched);
  const known = keysOf(lost);
  const isNew = ({ schema, table }: TableName) => !known.has(keyOf(schema, table));
  const gone = findGone(now, last, before, isWatched).filter(isNew);
  const tables = now.tables.filter(isWatched);
  const shrunken = tables.flatMap((table) => shrank(table, series.get(keyOf(table[0], table[1])) ?? unknown)).filter(isNew);
  for (const { schema, table } of shrunken) known.add(keyOf(schema, table));
  const growing = settings.growing === null ? null : keysOf(settings.growing);
  const growingShapes = shapesThatGrew(now, last);
  const stopped = tables.flatMap((table) => {
    const key = keyOf(table[0], table[1]);
    if (known.has(key) || (growing !== null && !growing.has(key))) return [];
    const shape = shapeOf(table[0], table[1]);
    if (growing === null && shape !== null && growingShapes.has(shape)) return [];
    const found = stoppedGrowing(table, series.get(key)?.rows ?? [], growing !== null);
    return found.length > 0 ? found : stillResting(table, open);
  });
  const digests = keysOf(settings.digests);
  const changed = tables.flatMap((table) => (digests.has(keyOf(table[0], table[1])) ? digestChanged(table, before) : []));
  const isTold = lost.length + gone.length + shrunken.length > 0;
  return [
    ...headWentBack(now, before, open),
    ...lost,
    ...gone,
    ...shrunken,
    ...rowsShrank(now, [...before].reverse(), isWatched, open).slice(0, isTold ? 0 : 1),
    ...stopped,
    ...changed,
  ].slice(0, mostFindings);
}

/** A change of content that somebody wanted to know the day of is no reason to call anybody, nor is what was meant; the rest is. */
export function isDivergence({ code, accepted }: Finding): boolean {
  return code !== "digest-changed" && accepted !== true;
}

/** Marks what somebody has said of such a thing before (the day before, or on this one) as meant, too, unless more was lost since. */
export function keepMeant(findings: readonly Finding[], before: readonly Finding[]): Finding[] {
  const meant = before.filter(({ accepted }) => accepted === true);
  const isMeant = (found: Finding) => meant.some((known) => isSameThing(found, known) && !isWorse(found, known));
  return findings.map((finding) => (isMeant(finding) ? { ...finding, accepted: true } : finding));
}

/** Whether two findings are about the same table (or the whole source) and say the same of it. */
export function isSameThing(left: Pick<Finding, "code" | "schema" | "table">, right: Pick<Finding, "code" | "schema" | "table">): boolean {
  return left.code === right.code && left.schema === right.schema && left.table === right.table;
}

function isWorse({ params: { to: now } }: Finding, { params: { to: then } }: Finding): boolean {
  return typeof now === "number" && typeof then === "number" ? now < then : now !== then;
}

/** Losses of the day before that nobody meant, as far as the table has not all the rows again that it had. */
function stillLost(now: DayPrint, open: readonly Finding[], isWatched: (table: FingerprintTable) => boolean): Finding[] {
  const rowsOf = new Map(now.tables.map(([schema, table, rows]) => [keyOf(schema, table), rows]));
  return open.flatMap(({ code, schema, table, params: { from } }): Finding[] => {
    if ((code !== "table-gone" && code !== "table-shrank") || typeof from !== "number" || !isWatched([schema, table, 0, null])) return [];
    const rows = rowsOf.get(keyOf(schema, table));
    if (rows === undefined) return [{ code: "table-gone", schema, table, params: { from, to: 0 } }];
    return rows >= from ? [] : [{ code: "table-shrank", schema, table, params: { from, to: rows } }];
  });
}

/** It stopped growing, and has not grown since: what rests for longer than the days that are looked back does not get used to it. */
function stillResting([schema, table, rows]: FingerprintTable, open: readonly Finding[]): Finding[] {
  return open.flatMap((finding): Finding[] => {
    const { from = 0, to, days } = finding.params;
    if (!isSameThing(finding, { code: "stopped-growing", schema, table }) || typeof to !== "number" || rows > to) return [];
    return [{ code: "stopped-growing", schema, table, params: { from, to: rows, days: Number(days) + 1 } }];
  });
}

/** The rows of a table on the days that had it, oldest first; a loss that was meant is no loss to those before `since`. */
type Series = { readonly rows: number[]; since: number };
const unknown: Series = { rows: [], since: 0 };

function seriesOf(oldestFirst: readonly DayPrint[]): ReadonlyMap<string, Series> {
  const series = new Map<string, Series>();
  for (const { tables, findings = [] } of oldestFirst) {
    for (const [schema, table, rows] of tables) {
      const key = keyOf(schema, table);
      const known = series.get(key);
      if (known === undefined) series.set(key, { rows: [rows], since: 0 });
      else known.rows.push(rows);
    }
    for (const { code, schema, table, accepted } of findings) {
      const known = series.get(keyOf(schema, table));
      if (accepted !== true || known === undefined) continue;
      if (code === "table-shrank") known.since = known.rows.length - 1;
      if (code === "table-gone") known.since = known.rows.length;
    }
  }
  return series;
}

const lossOf = (from: number, to: number) => (from <= 0 ? 0 : Math.max(0, (from - to) / from));

/** The largest loss, counted from the most rows there were before, after which almost as many were there again. */
function regainedLoss(rows: readonly number[]): number {
  let [regained, under, most] = [0, 0, 0];
  for (const now of rows) {
    if (now >= most || (under > usualLoss && lossOf(most, now) <= usualLoss)) regained = Math.max(regained, under);
    if (now >= most) under = 0;
    most = Math.max(most, now);
    under = Math.max(under, lossOf(most, now));
  }
  return regained;
}

function shrank([schema, table, rows]: FingerprintTable, { rows: history, since }: Series): Finding[] {
  const last = history.at(-1);
  if (last === undefined || rows >= last) return [];
  const counted = history.slice(since);
  const from = Math.max(last, ...counted);
  const finding: Finding = { code: "table-shrank", schema, table, params: { from, to: rows } };
  // A table that was made empty was not emptied: only rows that went are a habit.
  const wasEmptied = history.some((each, index) => each === 0 && (history[index - 1] ?? 0) > 0);
  if (rows === 0) return wasEmptied ? [] : [finding];
  const onlyGrew = history.length > learnFrom && history.every((each, index) => each >= (history[index - 1] ?? 0));
  const allowed = onlyGrew ? lossOfGrowing : Math.max(usualLoss, habitOf(regainedLoss(counted)));
  return from - rows >= fewRows && lossOf(from, rows) > allowed ? [finding] : [];
}

function stoppedGrowing([schema, table, rows]: FingerprintTable, history: readonly number[], isChosen: boolean): Finding[] {
  const all = [...history, rows];
  const grew = all.slice(1).map((to, index) => to > (all[index] ?? 0));
  const lastGrowth = grew.lastIndexOf(true);
  const pause = grew.length - 1 - lastGrowth;
  if (pause === 0 || grew.length === 0) return [];
  const finding: Finding = { code: "stopped-growing", schema, table, params: { from: history.at(-1) ?? 0, to: rows, days: pause } };
  if (isChosen) return [finding];
  const earlier = grew.slice(0, lastGrowth + 1);
  const isGrowing = earlier.length >= learnFrom && earlier.filter(Boolean).length * 2 >= earlier.length;
  return isGrowing && pause > Math.max(1, longestPause(earlier)) ? [finding] : [];
}

function longestPause(grew: readonly boolean[]): number {
  let longest = 0;
  let current = 0;
  for (const did of grew) {
    current = did ? 0 : current + 1;
    longest = Math.max(longest, current);
  }
  return longest;
}

/** Shapes of names of which some partition grew: then the others may rest. */
function shapesThatGrew(now: DayPrint, last: DayPrint): ReadonlySet<string> {
  const rowsOf = new Map(last.tables.map(([schema, table, rows]) => [keyOf(schema, table), rows]));
  return new Set(
    now.tables.flatMap(([schema, table, rows]) => {
      const shape = shapeOf(schema, table);
      return shape !== null && rows > (rowsOf.get(keyOf(schema, table)) ?? 0) ? [shape] : [];
    }),
  );
}

function vanished(from: DayPrint, to: DayPrint): FingerprintTable[] {
  const still = new Set(to.tables.map(([schema, table]) => keyOf(schema, table)));
  return from.tables.filter(([schema, table]) => !still.has(keyOf(schema, table)));
}

/** Old partitions go by habit: twice before, a table of the same shape went too. */
function findGone(now: DayPrint, last: DayPrint, before: readonly DayPrint[], isWatched: (table: FingerprintTable) => boolean): Finding[] {
  const gone = vanished(last, now).filter(isWatched);
  if (gone.length === 0) return [];
  const habits = new Map<string, number>();
  for (const [index, day] of before.slice(0, -1).entries()) {
    const shapes = new Set(vanished(before[index + 1] ?? day, day).map(([schema, table]) => shapeOf(schema, table)));
    for (const shape of shapes) if (shape !== null) habits.set(shape, (habits.get(shape) ?? 0) + 1);
  }
  return gone
    .filter(([schema, table]) => (habits.get(shapeOf(schema, table) ?? "") ?? 0) < 2)
    .map(([schema, table, rows]) => ({ code: "table-gone", schema, table, params: { from: rows, to: 0 } }));
}

/** All rows of the tables that are watched: many small losses are one that counts. */
function rowsShrank(
  now: DayPrint,
  oldestFirst: readonly DayPrint[],
  isWatched: (table: FingerprintTable) => boolean,
  open: readonly Finding[],
): Finding[] {
  const countOf = ({ tables }: DayPrint) => tables.reduce((sum, table) => (isWatched(table) ? sum + table[2] : sum), 0);
  const history = oldestFirst.map(countOf);
  const rowCount = countOf(now);
  const had = open.find(({ code }) => code === "rows-shrank")?.params["from"];
  if (typeof had === "number" && rowCount < had)
    return [{ code: "rows-shrank", schema: "", table: "", params: { from: had, to: rowCount } }];
  const from = history.at(-1) ?? 0;
  const allowed = Math.max(usualLoss, habitOf(regainedLoss(history)));
  if (from - rowCount < fewRows || lossOf(from, rowCount) <= allowed) return [];
  return [{ code: "rows-shrank", schema: "", table: "", params: { from, to: rowCount } }];
}

/** The head is one that was left behind before, or there is none any more; and still is, as long as it moves nowhere. */
function headWentBack({ migrationHead }: DayPrint, [last, ...older]: readonly DayPrint[], open: readonly Finding[]): Finding[] {
  const still = open.find(({ code }) => code === "head-went-back");
  if (still !== undefined && still.params["to"] === (migrationHead ?? "")) return [still];
  // It is where it was before it went back.
  if (still !== undefined && still.params["from"] === migrationHead) return [];
  const from = last?.migrationHead ?? null;
  if (from === null || migrationHead === from) return [];
  if (migrationHead !== null && !older.some((day) => day.migrationHead === migrationHead)) return [];
  return [{ code: "head-went-back", schema: "", table: "", params: { from, to: migrationHead ?? "" } }];
}

const neverChanged = 3;

/** Contents that were the same on every day that is known, at least three of them, and are others now. */
function digestChanged([schema, table, , sha256]: FingerprintTable, before: readonly DayPrint[]): Finding[] {
  const known = before.flatMap((day) => {
    const found = day.tables.find((other) => other[0] === schema && other[1] === table)?.[3];
    return found === null || found === undefined ? [] : [found];
  });
  const [from] = known;
  if (sha256 === null || from === undefined || from === sha256 || known.length < neverChanged) return [];
  return known.every((digest) => digest === from) ? [{ code: "digest-changed", schema, table, params: { from, to: sha256 } }] : [];
}
