import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "#lib/clusters/postmaster-pid";
import { createGate as contract, type GateDto } from "#lib/contracts/gates";
import type { GateState } from "#lib/domain/gate-state";
import { getGate } from "#lib/services/gates/get";
import { createGate } from "#lib/services/gates/start";
import { createKillGround, type KillGround } from "#lib/testing/kill-ground";
import { removeFolder } from "#lib/testing/temporary-folder";
import { untilEnded } from "#lib/testing/worker-setup";
import type { Worker } from "./worker.ts";

const none = { query: {}, ifMatch: null } as const;
const tickMs = 50;

describe("a gate whose worker is killed -9", () => {
  let ground: KillGround;
  let folder: string;
  const show = (id: string) => getGate(ground.context, { ...none, params: { id }, body: {} });
  const ask = (command: string) => {
    const body = contract.body.parse({ sourceId: ground.sourceId, commit: "c0ffee", check: { by: "worker", command } });
    return createGate(ground.context, { ...none, params: {}, body });
  };
  const until = async (id: string, state: GateState): Promise<GateDto> => {
    const look = async () => {
      const gate = await show(id);
      return gate.error === null || gate.state === state
        ? gate.state
        : `${gate.state}: ${gate.error.code} ${JSON.stringify(gate.error.params)}`;
    };
    await expect.poll(look, { interval: 20 }).toBe(state);
    return show(id);
  };
  /** What the next worker of that host makes of a gate. */
  const settledBy = async (id: string, state: GateState): Promise<GateDto> => {
    const next: Worker = await ground.station.startWorker({ tickMs, hooksFile: join(folder, "hooks.json") });
    try {
      return await until(id, state);
    } finally {
      await next.stop();
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lifeboat-gate-kills-"));
    const shell = (script: string) => ({ command: ["sh", "-c", script], directory: folder });
    const commands = { smoke: shell("true"), endless: shell("sleep 300 & echo $! > child.part && mv child.part child && wait") };
    await writeFile(join(folder, "hooks.json"), JSON.stringify({ commands }), { mode: 0o600 });
    ground = await createKillGround({ tickMs, hooksFile: join(folder, "hooks.json") });
  });
  afterAll(async () => {
    await ground.close();
    await removeFolder(folder);
  });

  it("in its backup or its verification stops the deployment", async () => {
    let id = "";
    await ground.die("catalogue insert backups", async () => {
      const gate = await ask("smoke");
      id = gate.id;
      return gate.backupRunId ?? "";
    });
    const unsaved = await settledBy(id, "failed");
    expect(unsaved.error).toMatchObject({ code: "gate-backup-failed", params: { code: "worker-lost" } });
    expect(unsaved).toMatchObject({ mayDeploy: false, verifyRunId: null });

    // Backups list their archive, too: this one is made by a worker that looks after no gates, and does not die.
    const plain = await ground.station.startWorker();
    const gate = await ask("smoke");
    await untilEnded(ground.db, gate.backupRunId ?? "");
    await plain.stop();
    await ground.die("engine.listArchive", async () => (await until(gate.id, "verifying")).verifyRunId ?? "");
    id = gate.id;
    const unverified = await settledBy(id, "failed");
    expect(unverified.error).toMatchObject({ code: "gate-verify-failed", params: { code: "worker-lost" } });
    expect(unverified).toMatchObject({ mayDeploy: false, checkRunId: null });
  });

  it("between two phases is followed by the next worker, as if nothing had happened", async () => {
    let id = "";
    await ground.die("catalogue update gates", async () => {
      const gate = await ask("smoke");
      id = gate.id;
      return gate.backupRunId ?? "";
    });
    expect(await show(id)).toMatchObject({ state: "backing-up", verifyRunId: null });
    expect(await settledBy(id, "passed")).toMatchObject({ mayDeploy: true, exitCode: 0 });
  });

  it("in its release check stops the deployment, and what the check had started is ended", async () => {
    let id = "";
    const child = async () => Number(await readFile(join(folder, "child"), "utf8"));
    await ground.die({ afterMs: 0 }, async () => {
      id = (await ask("endless")).id;
      const { checkRunId } = await until(id, "checking");
      await expect.poll(child).toBeGreaterThan(0);
      return checkRunId ?? "";
    });
    const pid = await child();
    expect(isAlive(pid)).toBe(true);
    const next: Worker = await ground.station.startWorker({ tickMs, hooksFile: join(folder, "hooks.json") });
    try {
      expect((await until(id, "failed")).error).toMatchObject({ code: "worker-lost" });
      await expect.poll(() => isAlive(pid)).toBe(false);
    } finally {
      await next.stop();
    }
  });
});
