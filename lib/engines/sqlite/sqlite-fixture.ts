import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { EngineContext, OpenSnapshot } from "../port.ts";
import { createSqliteEngine } from "./engine.ts";

/** Folders of one test: `root` is allowed, `outside` is not, `own` is Lifeboat's. */
export type Ground = Awaited<ReturnType<typeof makeGround>>;

const writers = new Set<ChildProcess>();

export async function makeGround() {
  const base = await realpath(await mkdtemp(join(tmpdir(), "lifeboat-sqlite-")));
  const at = (name: string) => join(base, name);
  const [root, outside, work] = [at("root"), at("outside"), at("work")];
  const own = join(root, "own");
  for (const folder of [root, outside, work, own]) await mkdir(folder);
  const engine = createSqliteEngine({ roots: [root], forbidden: [own], lockWaitMs: 5_000, replaceWaitMs: 500 });
  const context = (): EngineContext => ({
    signal: new AbortController().signal,
    workDir: work,
    applicationName: "test",
    log: () => undefined,
  });
  return {
    base,
    root,
    outside,
    work,
    own,
    engine,
    context,
    remove: async () => {
      for (const writer of writers) writer.kill("SIGKILL");
      await rm(base, { recursive: true, force: true });
    },
  };
}

export type JournalMode = "wal" | "delete";

/** Two accounts tables whose sums always add up to `total` in every committed state. */
export const total = 1_000_000;

export function makeDatabase(path: string, options: { mode?: JournalMode; fillerRows?: number } = {}): void {
  const db = new DatabaseSync(path);
  db.exec(`pragma journal_mode = ${options.mode ?? "delete"}`);
  db.exec(`
    begin;
    create table checking (id integer primary key, amount integer not null);
    create table saving (id integer primary key, amount integer not null);
    create table moves (id integer primary key, at text not null, note text);
    create table filler (id integer primary key, body blob not null);
    create index filler_body on filler (substr(body, 1, 8));
    insert into checking values (1, ${total});
    insert into saving values (1, 0);
  `);
  const insert = db.prepare("insert into filler (body) values (randomblob(4000))");
  for (let row = 0; row < (options.fillerRows ?? 10); row += 1) insert.run();
  db.exec("commit");
  db.close();
}

/** The sum over both tables, and how many moves were committed. */
export function readInvariant(path: string): { sum: number; moves: number } {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const { sum } = db.prepare("select (select sum(amount) from checking) + (select sum(amount) from saving) as sum").get() as {
      sum: number;
    };
    const { moves } = db.prepare("select count(*) as moves from moves").get() as { moves: number };
    return { sum, moves };
  } finally {
    db.close();
  }
}

export async function readStream(snapshot: OpenSnapshot): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of snapshot.chunks()) parts.push(bytes);
  return Buffer.concat(parts);
}

const writerScript = fileURLToPath(new URL("writer-fixture.ts", import.meta.url));

export type Writer = { readonly child: ChildProcess; readonly stop: () => Promise<{ commits: number; slowestMs: number; busy: number }> };

/** Another process that moves money from one table to the other until it is stopped; it waits `busyMs` for a lock, 10 seconds if left out. */
export async function startWriter(
  path: string,
  options: { pauseMs?: number; busyMs?: number; hold?: "idle" | "transaction" | "exclusive" } = {},
): Promise<Writer> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", writerScript, JSON.stringify({ path, ...options })], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  writers.add(child);
  child.once("exit", () => writers.delete(child));
  await once(child, "message");
  return {
    child,
    stop: async () => {
      const told = once(child, "message");
      child.send("stop");
      const [told1] = (await told) as [{ commits: number; slowestMs: number; busy: number }];
      await once(child, "exit");
      return told1;
    },
  };
}
