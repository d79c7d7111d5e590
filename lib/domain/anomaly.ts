import type { Params } from "./error.ts";

/** What is compared: sizes of one backup. */
export type BackupSize = { readonly streamBytes: number; readonly rowCount: number; readonly tableCount: number };

export type Anomaly = { readonly code: "far-smaller" | "far-larger" | "far-fewer-rows" | "fewer-tables"; readonly params: Params };

/** Below this share of what is usual, something is likely missing. */
const farBelow = 0.5;
/** Beyond so many times what is usual, something likely came along that does not belong there; a database that only grows takes longer. */
const farAbove = 4;
/** So many good backups have to say what is usual before growth is odd: a new database is filled once. */
const enoughHistory = 3;
const largeBytes = 8 * 1024 * 1024;
/** Small databases swing; differences below this are not worth a word. */
const smallBytes = 64 * 1024;
const smallRows = 100;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : Math.round(((sorted[middle - 1] ?? 0) + upper) / 2);
}

/**
 * Finds what is suspiciously small, or large, in a backup beside the good ones before it (the newest few, in any order). A backup with an
 * anomaly is stored all the same: dropping half of a database may be what somebody meant to do.
 */
export function findAnomalies(backup: BackupSize, history: readonly BackupSize[]): Anomaly[] {
  if (history.length === 0) return [];
  const found: Anomaly[] = [];
  const usualBytes = median(history.map((item) => item.streamBytes));
  const usualRows = median(history.map((item) => item.rowCount));
  const usualTables = median(history.map((item) => item.tableCount));
  if (usualBytes - backup.streamBytes >= smallBytes && backup.streamBytes < usualBytes * farBelow) {
    found.push({ code: "far-smaller", params: { bytes: backup.streamBytes, usualBytes } });
  }
  const isKnown = history.length >= enoughHistory;
  if (isKnown && backup.streamBytes - usualBytes >= largeBytes && backup.streamBytes > usualBytes * farAbove) {
    found.push({ code: "far-larger", params: { bytes: backup.streamBytes, usualBytes } });
  }
  if (usualRows - backup.rowCount >= smallRows && backup.rowCount < usualRows * farBelow) {
    found.push({ code: "far-fewer-rows", params: { rows: backup.rowCount, usualRows } });
  }
  if (backup.tableCount < usualTables) {
    found.push({ code: "fewer-tables", params: { tables: backup.tableCount, usualTables } });
  }
  return found;
}
