import { constants } from "node:fs";
import { access, readFile, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";

const gib = 1024 ** 3;
const memoryFolder = "/dev/shm";
/** What the suite's servers and files come to at their fullest is less than half of it. Bytes. */
const wantedBytes = 6 * gib;

/**
 * Where tests put their servers and files: in memory, where there is plenty of it and programs may be started from there, else in the usual
 * folder. Thousands of databases come and go, and making and removing their files costs a disk's file system more than PostgreSQL itself.
 */
export async function fastFolder(): Promise<string> {
  try {
    await access(memoryFolder, constants.W_OK);
    const mount = (await readFile("/proc/mounts", "utf8")).split("\n").find((line) => line.split(" ")[1] === memoryFolder);
    const [, , type, options = ""] = mount?.split(" ") ?? [];
    if (type !== "tmpfs" || options.split(",").includes("noexec")) return tmpdir();
    const { bavail, bsize } = await statfs(memoryFolder);
    const [, available] = /^MemAvailable:\s+(\d+) kB$/m.exec(await readFile("/proc/meminfo", "utf8")) ?? [];
    return Math.min(bavail * bsize, Number(available) * 1024) >= wantedBytes ? memoryFolder : tmpdir();
  } catch {
    return tmpdir();
  }
}
