export const trashSpec = { source: "text" } as const;

/** What the list asks for; a hand-written address that names no source asks for all. */
export function trashQueryOf(source: string | undefined): { source?: string } {
  return source !== undefined && /^src_[0-9a-f]{32}$/.test(source) ? { source } : {};
}
