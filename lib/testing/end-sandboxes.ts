import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeSandboxServer } from "#lib/clusters/sandbox-server";

/** Ends the servers of drills that a test left open: they outlive their worker, and the folder that is about to go. */
export async function endSandboxes(dataDir: string): Promise<void> {
  const root = join(dataDir, "sandboxes");
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) if (name.startsWith("drl_")) await removeSandboxServer(join(root, name));
}
