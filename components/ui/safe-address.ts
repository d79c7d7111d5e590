/** An address that a written text may lead to: the web, an e-mail, or a place of Lifeboat itself (`/…`). Null for everything else. */
export function safeAddress(address: string): string | null {
  const trimmed = address.trim();
  if (/^\/(?![/\\])[^\\]*$/.test(trimmed)) return trimmed;
  const parsed = URL.parse(trimmed);
  if (parsed === null) return null;
  return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
}
