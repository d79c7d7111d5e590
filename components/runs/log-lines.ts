import type { RunLogLineDto } from "#lib/contracts/runs";

/** What a page keeps of a log at most; the whole of it stays readable through the API. */
export const keptLines = 5000;

/** Adds lines that are newer than the last kept one (a stream and a poll may both bring a line) and drops the oldest beyond the limit. */
export function appendLines(kept: readonly RunLogLineDto[], added: readonly RunLogLineDto[], limit = keptLines): readonly RunLogLineDto[] {
  const last = kept.at(-1)?.seq ?? -1;
  const fresh = added.filter(({ seq }) => seq > last);
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-limit);
}
