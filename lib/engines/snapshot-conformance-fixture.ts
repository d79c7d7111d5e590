import { expect, it } from "vitest";
import type { OpenSnapshot } from "./port.ts";

/** A source with two tables for one engine's tests. */
export type SnapshotBench = {
  readonly open: (signal: AbortSignal) => Promise<OpenSnapshot>;
  /** Commits one more row into the table `pets` (which has `pets` rows at first, `toys` has `toys`). */
  readonly addPet: () => Promise<void>;
  readonly pets: number;
  readonly toys: number;
};

const never = () => new AbortController().signal;

async function readAll(snapshot: OpenSnapshot): Promise<number> {
  let bytes = 0;
  for await (const chunk of snapshot.chunks()) bytes += chunk.bytes.length;
  return bytes;
}

/** What holds for a snapshot of every engine; call it inside `describe`. The bench is asked for anew by each test. */
export function snapshotConformance(bench: () => SnapshotBench): void {
  const rowsOf = async (snapshot: OpenSnapshot) => {
    const { tables } = await snapshot.finish();
    return Object.fromEntries(tables.map(({ table, rows }) => [table, rows]));
  };

  it("tells the rows of every table, exactly, once its stream was read to the end", async () => {
    const before = Date.now();
    const snapshot = await bench().open(never());
    expect(await readAll(snapshot)).toBeGreaterThan(1_000);
    expect(await rowsOf(snapshot)).toMatchObject({ pets: bench().pets, toys: bench().toys });
    expect(Math.abs(snapshot.snapshotAt.getTime() - before)).toBeLessThan(60_000);
    expect(snapshot.toolVersion).toMatch(/\d+\.\d+/);
    await snapshot.close();
  });

  it("is the state of one moment: what is committed while it is open is not in it", async () => {
    const snapshot = await bench().open(never());
    await bench().addPet();
    await readAll(snapshot);
    const first = await rowsOf(snapshot);
    await snapshot.close();
    const later = await bench().open(never());
    await readAll(later);
    expect((await rowsOf(later))["pets"]).toBe((first["pets"] ?? 0) + 1);
    await later.close();
  });

  it("can be closed before it was read, in the middle of that, and more than once", async () => {
    const unread = await bench().open(never());
    await unread.close();
    await unread.close();
    const half = await bench().open(never());
    for await (const chunk of half.chunks()) {
      expect(chunk.bytes.length).toBeGreaterThan(0);
      break;
    }
    await half.close();
  });

  it("ends with the signal's reason when it is aborted, and is no success then", async () => {
    const stop = new AbortController();
    const snapshot = await bench().open(stop.signal);
    const reason = new Error("enough");
    const ended = (async () => {
      for await (const chunk of snapshot.chunks()) if (chunk.bytes.length > 0) stop.abort(reason);
      stop.abort(reason);
      await snapshot.finish();
    })();
    await expect(ended).rejects.toBe(reason);
    await snapshot.close();
  });

  it("is not opened for a signal that is aborted already", async () => {
    await expect(bench().open(AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
  });
}
