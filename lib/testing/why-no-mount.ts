import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Null where this machine may mount a small disk, to be filled or broken; otherwise why tests cannot inject that fault. */
export async function whyNoMount(): Promise<string | null> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "pipe" });
    execFileSync("umount", [folder]);
    return null;
  } catch {
    return "this container may not mount";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
