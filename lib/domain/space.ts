/** What is left free on purpose: a disk that is full to the last byte stops more than a backup. */
const reserveBytes = 16 * 1024 * 1024;
/** What a stream shrinks to where nothing is known of this source yet. */
const usualRatio = 0.5;

/**
 * Bytes that a backup will likely take, from the stream's estimate and what the source's last backup made of its stream; null where
 * nothing can be said.
 */
export function estimateStoredBytes(
  estimatedStreamBytes: number | null,
  last: { streamBytes: number; storedBytes: number } | null,
): number | null {
  if (estimatedStreamBytes === null) return last === null ? null : last.storedBytes;
  const ratio = last === null || last.streamBytes === 0 ? usualRatio : Math.min(1.1, last.storedBytes / last.streamBytes);
  return Math.ceil(estimatedStreamBytes * ratio);
}

/** Bytes that must be free so that `bytes` more can be written, reserve included. */
export function neededBytes(bytes: number): number {
  return bytes + reserveBytes;
}

/** True when `bytes` fit and the reserve stays free. An unknown free space fits: the write itself will tell. */
export function fits(bytes: number, space: { freeBytes: number } | null): boolean {
  return space === null || space.freeBytes >= neededBytes(bytes);
}
