import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLogger } from "#lib/log/log";
import { createKeyring } from "#lib/secrets/keyring";
import { createDrillSandboxes } from "./drill-sandboxes.ts";

it("a drill's removal ends what its commands and applications left running, and nothing of other drills", async () => {
  const root = await mkdtemp(join(tmpdir(), "lifeboat-leftovers-"));
  const logger = createLogger("error", {}, () => undefined);
  const sandboxes = createDrillSandboxes({ root, pgBinPath: [], keyring: createKeyring(randomBytes(32)), logger });
  const ids = [0, 1].map(() => `drl_${randomBytes(16).toString("hex")}`);
  const left = ids.map((id) => spawn("sleep", ["60"], { detached: true, stdio: "ignore", env: { ...process.env, LIFEBOAT_DRILL: id } }));
  try {
    const gone = once(left[0]!, "exit");
    expect(await sandboxes.remove(ids[0]!)).toEqual({ processes: 0, folders: 0, files: 0, detail: "" });
    expect((await gone)[1]).toBe("SIGKILL");
    expect(left[1]).toMatchObject({ exitCode: null, signalCode: null });
  } finally {
    for (const each of left) each.kill("SIGKILL");
    await rm(root, { recursive: true });
  }
});
