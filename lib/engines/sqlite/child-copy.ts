import { copyFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { LifeboatError } from "#lib/domain/error";
import { resultCode, say, sqliteBusy, sqliteLocked } from "./child-line.ts";
import { openExactly, stampsOf } from "./child-open.ts";
import type { ChildRequest } from "./child-protocol.ts";

type CopyRequest = Extract<ChildRequest, { command: "copy" }>;
type Copied = { at: number; pages: number; restarts: number };

/** What is copied under one hold of SQLite's lock, at first. Measured: 4 MiB take about 8 ms. */
const firstStepBytes = 1024 * 1024;
/** Each time a writer made the copy begin again, more is copied in one step; in the end all of it. */
const growth = 8;
const tellEveryMs = 200;
/** Extended result code of a read-only open that found the journal of a writer that died. */
const readonlyRollback = 776;

/**
 * Copies a database with SQLite's online backup. In WAL mode one read transaction spans it: writers go on, and the copy is the state of
 * that moment. With a rollback journal a reader keeps writers from committing, so the lock is held for a step at a time; a commit in
 * between makes SQLite begin again, and the steps grow so that it ends. Pages are copied 1:1: but for three counters in the header
 * (change counter, schema cookie, version-valid-for) equal pages give equal bytes.
 */
export async function copyDatabase(request: CopyRequest): Promise<void> {
  const opened = openExactly(request.path, request.identity, { readOnly: true, busyMs: request.busyMs });
  const rescued = rescueHotJournal(opened.db, request);
  try {
    const db = rescued ?? opened.db;
    const { journalMode } = opened;
    const copied = journalMode === "wal" ? await copyAtOnce(db, request) : await copyInSteps(db, request);
    if (!opened.isUnchanged()) throw new LifeboatError("file-changed", { path: request.path });
    say({ event: "copied", journalMode, ...copied });
  } finally {
    rescued?.close();
    opened.close();
  }
}

async function copyAtOnce(db: DatabaseSync, request: CopyRequest): Promise<Copied> {
  db.exec("begin");
  db.prepare("select count(*) from sqlite_schema").get();
  const at = Date.now();
  const pages = await stepThrough(db, request, { stepBytes: 4 * firstStepBytes, mayRestart: true });
  db.exec("rollback");
  return { at, pages: pages ?? 0, restarts: 0 };
}

async function copyInSteps(db: DatabaseSync, request: CopyRequest): Promise<Copied> {
  for (let restarts = 0, stepBytes = firstStepBytes; ; restarts += 1, stepBytes *= growth) {
    const pages = await stepThrough(db, request, { stepBytes, mayRestart: false });
    if (pages !== null) return { at: Date.now(), pages, restarts };
  }
}

/** Gives the pages copied, or null when a writer made the copy begin again. */
async function stepThrough(
  db: DatabaseSync,
  request: CopyRequest,
  { stepBytes, mayRestart }: { stepBytes: number; mayRestart: boolean },
): Promise<number | null> {
  const { page_size: pageBytes } = db.prepare("pragma page_size").get() as { page_size: number };
  const began = new Error("a writer committed");
  const deadline = new Deadline(request);
  for (;;) {
    let last = Number.POSITIVE_INFINITY;
    let told = 0;
    rmSync(request.to, { force: true });
    try {
      return await backup(db, request.to, {
        rate: Math.max(1, Math.min(0x7fff_ffff, Math.floor(stepBytes / pageBytes))),
        progress: ({ totalPages, remainingPages }) => {
          if (remainingPages > last && !mayRestart) throw began;
          if (remainingPages < last) deadline.extend();
          deadline.check();
          last = remainingPages;
          if (performance.now() - told < tellEveryMs) return;
          told = performance.now();
          say({ event: "copying", bytesDone: (totalPages - remainingPages) * pageBytes, bytesTotal: totalPages * pageBytes });
        },
      });
    } catch (error) {
      if (error === began) return null;
      const code = resultCode(error);
      if (code !== sqliteBusy && code !== sqliteLocked) throw error;
      // Somebody writes just now, and the backup does not wait by itself.
      deadline.check();
      await delay(5);
    }
  }
}

/** Throws `file-in-use` when the lock could not be had for that long. */
class Deadline {
  readonly #request: CopyRequest;
  #endsAt: number;

  constructor(request: CopyRequest) {
    this.#request = request;
    this.#endsAt = performance.now() + request.busyMs;
  }

  extend(): void {
    this.#endsAt = performance.now() + this.#request.busyMs;
  }

  check(): void {
    if (performance.now() > this.#endsAt) throw new LifeboatError("file-in-use", { path: this.#request.path, count: 0 });
  }
}

/**
 * A writer that died in the middle of a transaction leaves a journal that the next one to open the file rolls back. We do not write to
 * the source: file and journal are copied, and the copy is rolled back. Null when there is nothing to roll back.
 */
function rescueHotJournal(db: DatabaseSync, { path, to }: CopyRequest): DatabaseSync | null {
  try {
    db.prepare("select count(*) from sqlite_schema").get();
    return null;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== readonlyRollback) throw error;
  }
  const copy = join(dirname(to), "rolled-back.db");
  const before = stampsOf(path);
  copyFileSync(path, copy);
  copyFileSync(`${path}-journal`, `${copy}-journal`);
  if (stampsOf(path) !== before) throw new LifeboatError("file-changed", { path });
  return new DatabaseSync(copy);
}
