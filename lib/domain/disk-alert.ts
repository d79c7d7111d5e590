import { neededBytes } from "./space.ts";

export type SeenDisk = {
  readonly host: string;
  readonly purpose: "backups" | "temporary" | "data";
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
};

/** Below this share of free space a disk is nearly full; above the other one it has room again. */
const fullBelow = 0.1;
const roomAbove = 0.12;
/** Two folders whose file systems differ by no more lie on one: they were asked one after the other. */
const sameWithinBytes = 64 * 1024 * 1024;

export type JudgedDisk = SeenDisk & { readonly key: string; readonly neededBytes: number; readonly state: "full" | "between" | "room" };

/** Folders of one host that lie on one file system, as the first of them; where backups lie comes first. One that could not be asked is left out. */
export function distinctDisks(disks: readonly SeenDisk[]): SeenDisk[] {
  const order = { backups: 0, data: 1, temporary: 2 } as const;
  const kept: SeenDisk[] = [];
  for (const disk of disks.toSorted((left, right) => order[left.purpose] - order[right.purpose])) {
    const isSame = (other: SeenDisk) =>
      other.host === disk.host &&
      other.totalBytes === disk.totalBytes &&
      (other.path === disk.path || Math.abs(other.freeBytes - disk.freeBytes) <= sameWithinBytes);
    if (disk.totalBytes > 0 && !kept.some(isSame)) kept.push(disk);
  }
  return kept;
}

/** Says of each disk whether it is nearly full: less than a tenth free, or less than the largest of the sources' last backups takes. */
export function judgeDisks(disks: readonly SeenDisk[], largestBackupBytes: number): JudgedDisk[] {
  return distinctDisks(disks).map((disk) => {
    const needed = disk.purpose === "backups" ? neededBytes(largestBackupBytes) : neededBytes(0);
    const share = disk.freeBytes / disk.totalBytes;
    const fits = disk.freeBytes >= needed;
    const state = share < fullBelow || !fits ? "full" : share > roomAbove ? "room" : "between";
    return Object.assign({}, disk, { key: `${disk.host}:${disk.path}`, neededBytes: needed, state } as const);
  });
}
