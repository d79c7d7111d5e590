import { statfs } from "node:fs/promises";
import type { WorkerDto } from "#lib/contracts/system";

type Disk = WorkerDto["disks"][number];

/** Free and total bytes where the folder lies; zeros while it cannot be asked (the page then shows what is wrong with it). */
export async function readDisk(purpose: Disk["purpose"], path: string): Promise<Disk> {
  try {
    const facts = await statfs(path);
    return { purpose, path, freeBytes: facts.bavail * facts.bsize, totalBytes: facts.blocks * facts.bsize };
  } catch {
    return { purpose, path, freeBytes: 0, totalBytes: 0 };
  }
}
