import { eq } from "drizzle-orm";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drillReports } from "#lib/db/schema/drill-reports";
import { runs } from "#lib/db/schema/runs";
import { drillHand, type DrillHand, failuresOf } from "#lib/testing/drill-kit";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";

/** Processes whose command line names a folder. */
async function processesIn(folder: string): Promise<number[]> {
  const found = await Promise.all(
    (await readdir("/proc"))
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => ((await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")).includes(folder) ? [Number(name)] : [])),
  );
  return found.flat();
}

/** One of them may have gone with another. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

describe("a drill whose processes are killed", () => {
  let ground: KillGround;
  let hand: DrillHand;
  let sandboxes: string;

  beforeAll(async () => {
    ground = await createKillGround();
    hand = drillHand(ground.context);
    sandboxes = join(dirname(ground.station.tempDir), "sandboxes");
  });

  afterAll(() => ground.close());

  const active = async (id: string) => {
    let found: string | null = null;
    // What the look found, and not what the next one finds: a short run may be over by then.
    await expect.poll(async () => (found = (await hand.show(id)).activeRunId), { interval: 50 }).not.toBe(null);
    return found ?? "";
  };
  const leftBehind = async () => ({ folders: await readdir(sandboxes).catch(() => []), processes: (await processesIn(sandboxes)).length });
  const nothing = { folders: [], processes: 0 };

  it("resumes when its worker is killed -9 in each of the four phases, leaves nothing, and its report tells", async () => {
    await ground.anyBackup();
    let id = "";
    await ground.die("sandboxes.look", async () => {
      const drill = await hand.start({ sourceId: ground.sourceId, target: { type: "sandbox" } });
      id = drill.id;
      return drill.activeRunId ?? "";
    });

    await ground.die("engine.load", async () => {
      await hand.until(id, "prepared");
      return (await hand.restore(id)).activeRunId ?? "";
    });
    const failed = await hand.until(id, "restore-failed");
    expect(failed.problem).toMatchObject({ code: "worker-lost" });
    await expect.poll(leftBehind).toEqual(nothing);

    await ground.die("copies.read", async () => {
      await hand.restore(id);
      await hand.until(id, "validating");
      return active(id);
    });
    await expect.poll(async () => (await hand.show(id)).problem?.code).toBe("worker-lost");
    expect((await hand.show(id)).checks.filter(({ state }) => state === "running")).toEqual([]);

    await ground.die("sandboxes.remove done", async () => {
      await hand.check(id);
      const checked = await hand.untilChecked(id);
      expect(failuresOf(checked)).toEqual([]);
      return (await hand.close(id, "passed")).activeRunId ?? "";
    });
    // Looked for while nobody works for its group: it may be over before a look that comes after its worker.
    const again = await active(id);
    await ground.rehearse(() => Promise.resolve(again));
    const closed = await hand.until(id, "closed");
    expect(closed).toMatchObject({ verdict: "passed", problem: null });
    expect(closed.events.filter(({ code }) => code === "interrupted").map(({ params }) => params["state"])).toEqual([
      "preparing",
      "restoring",
      "validating",
      "closing",
    ]);
    const reports = await ground.db.select().from(drillReports).where(eq(drillReports.drillId, id));
    expect(reports).toHaveLength(1);
    expect(reports[0]?.canonical).toContain('"interrupted"');
    expect(await leftBehind()).toEqual(nothing);
    expect(await ground.db.select().from(runs).where(eq(runs.state, "running"))).toEqual([]);
  });

  it("fails its checks when the sandbox's server is killed -9 while it validates, and passes on a copy that is restored again", async () => {
    await ground.workIn("sweeper");
    const { id } = await hand.start({ sourceId: ground.sourceId, target: { type: "sandbox" } });
    await hand.until(id, "prepared");
    await hand.restore(id);
    expect(failuresOf(await hand.untilChecked(id))).toEqual([]);
    const victims = await processesIn(join(sandboxes, id));
    expect(victims.length).toBeGreaterThan(0);
    for (const pid of victims) kill(pid);
    await hand.check(id);
    const gone = await hand.untilChecked(id);
    expect(gone.problem).toMatchObject({ code: "copy-gone" });
    expect(gone.checks.filter(({ type }) => type === "content")).toMatchObject([{ state: "failed", reason: { code: "copy-gone" } }]);
    expect(gone.bestVerdict).toBe("failed");

    await hand.restore(id);
    const again = await hand.untilChecked(id);
    expect(failuresOf(again)).toEqual([]);
    expect(again.checks.find(({ type }) => type === "content")?.attempts.map(({ state }) => state)).toEqual(["passed", "failed"]);
    await hand.close(id, "passed");
    await hand.until(id, "closed");
    expect(await leftBehind()).toEqual(nothing);
  });

  it("fails its restore when the sandbox's server is killed -9 while it loads, and leaves nothing when it is killed again while the drill closes", async () => {
    await ground.workIn("mortals");
    const killServer = async (id: string) => {
      const victims = await processesIn(join(sandboxes, id));
      for (const pid of victims) kill(pid);
      return victims.length;
    };
    const killed = { loading: 0, closing: 0 };
    let isLoadKilled = true;
    let id = "";
    const worker = await ground.station.startWorker({
      change: (deps) => ({
        ...deps,
        engine: {
          ...deps.engine,
          load: async (...order) => {
            if (isLoadKilled) killed.loading += await killServer(id);
            return deps.engine.load(...order);
          },
        },
        drills: {
          ...deps.drills,
          sandboxes: {
            ...deps.drills.sandboxes,
            remove: async (drillId) => {
              killed.closing += isLoadKilled ? 0 : await killServer(drillId);
              return deps.drills.sandboxes.remove(drillId);
            },
          },
        },
      }),
    });
    try {
      ({ id } = await hand.start({ sourceId: ground.sourceId, target: { type: "sandbox" } }));
      await hand.until(id, "prepared");
      await hand.restore(id);
      const failed = await hand.until(id, "restore-failed");
      expect(killed.loading).toBeGreaterThan(0);
      expect(failed.bestVerdict).toBe("failed");
      await expect.poll(leftBehind).toEqual(nothing);

      isLoadKilled = false;
      await hand.restore(id);
      expect(failuresOf(await hand.untilChecked(id))).toEqual([]);
      await hand.close(id, "passed");
      const closed = await hand.until(id, "closed");
      expect(killed.closing).toBeGreaterThan(0);
      expect(closed).toMatchObject({ verdict: "passed", cleanUp: { databases: 0, processes: 0, folders: 0, files: 0 } });
      expect(await leftBehind()).toEqual(nothing);
    } finally {
      await worker.stop();
    }
  });
});
