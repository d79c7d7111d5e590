/** Takes out what a file name must not hold anywhere: separators, control and format characters, leading dots. Never empty. */
export function safeFileName(name: string): string {
  const clean = name
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, "_")
    .replace(/^[.\s]+/u, "_");
  return clean.trim() === "" ? "_" : clean;
}

/**
 * `Content-Disposition: attachment` by RFC 6266: a plain name for old clients and `filename*` (RFC 5987), in which any Unicode name survives.
 * Neither can hold a quote, a backslash or a line break.
 */
export function attachment(name: string): string {
  const safe = safeFileName(name);
  const plain = safe.replaceAll(/[^\x20-\x7e]/gu, "_").replaceAll("%", "_");
  const encoded = encodeURIComponent(safe).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
