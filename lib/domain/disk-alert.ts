import { neededBytes } from "./space.ts";

export type SeenDisk = {
  /** Who asked. What one worker writes of several folders was asked at one time. */
  readonly worker: string;
  readonly host: string;
  readonly purpose: "backups" | "temporary" | "data";
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
};

/** Below this share of free space a disk is nearly full; above the other one it has room again. */
const fullBelow = 0.1;
const roomAbove = 0.12;
/** It has room again only where the largest backup fits with so much to spare: what comes and goes beside it is no news each minute. */
const spare = 1.1;
/** Two folders whose file systems differ by no more lie on one: they were asked one after the other. */
const sameWithinBytes = 64 * 1024 * 1024;

export type JudgedDisk = SeenDisk & { readonly key: string; readonly neededBytes: number; readonly state: "full" | "between" | "room" };

/** Under this key a disk is told of. */
export function diskKey({ host, path }: Pick<SeenDisk, "host" | "path">): string {
  return `${host}:${path}`;
}

/** True when more than a small share is free; a disk that could not be asked says nothing. */
export function isRoomy({ freeBytes, totalBytes }: Pick<SeenDisk, "freeBytes" | "totalBytes">): boolean {
  return totalBytes > 0 && freeBytes / totalBytes > roomAbove;
}

/**
 * Folders of one host that lie on one file system, as the first of them; where backups lie comes first. What was written last has to stand first: of one
 * folder the rest is not looked at. One that could not be asked is left out.
 */
function distinctDisks(disks: readonly SeenDisk[]): SeenDisk[] {
  const order = { backups: 0, data: 1, temporary: 2 } as const;
  const asked = disks.filter(({ totalBytes }) => totalBytes > 0).toSorted((left, right) => order[left.purpose] - order[right.purpose]);
  const kept: SeenDisk[] = [];
  for (const disk of asked) {
    const isSame = (other: SeenDisk) => other.host === disk.host && (other.path === disk.path || isOne(disk, other, asked));
    if (!kept.some(isSame)) kept.push(disk);
  }
  return kept;
}

/** Whether two folders of a host lie on one file system: by a worker that sees both, or else by two that were asked at different times. */
function isOne(left: SeenDisk, right: SeenDisk, asked: readonly SeenDisk[]): boolean {
  const pairs = asked
    .filter((disk) => diskKey(disk) === diskKey(left))
    .map((disk) => [disk, asked.find((other) => other.worker === disk.worker && diskKey(other) === diskKey(right))] as const);
  const [one, other = right] = pairs.find(([, seen]) => seen !== undefined) ?? [left];
  return one.totalBytes === other.totalBytes && Math.abs(one.freeBytes - other.freeBytes) <= sameWithinBytes;
}

const worstFirst = ["full", "between", "room"] as const;

/**
 * Says of each disk whether it is nearly full: less than a tenth free, or less than the largest of the sources' last backups takes. Containers may share a
 * host's name and have a disk of their own each under one path: of what several workers see there the worst counts, else the latest would win in turns.
 */
export function judgeDisks(disks: readonly SeenDisk[], largestBackupBytes: number): JudgedDisk[] {
  return distinctDisks(disks).flatMap(({ purpose, ...kept }) => {
    const key = diskKey(kept);
    const seen = disks.filter((disk) => disk.purpose === purpose && disk.totalBytes > 0 && diskKey(disk) === key);
    const judged = seen.map((disk) => judgeDisk(disk, largestBackupBytes));
    return judged.toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state)).slice(0, 1);
  });
}

function judgeDisk(disk: SeenDisk, largestBackupBytes: number): JudgedDisk {
  const needed = disk.purpose === "backups" ? neededBytes(largestBackupBytes) : neededBytes(0);
  const share = disk.freeBytes / disk.totalBytes;
  const fits = disk.freeBytes >= needed;
  const hasRoom = isRoomy(disk) && disk.freeBytes >= needed * spare;
  const state = share < fullBelow || !fits ? "full" : hasRoom ? "room" : "between";
  return Object.assign({}, disk, { key: diskKey(disk), neededBytes: needed, state } as const);
}
