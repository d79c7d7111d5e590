import { LifeboatError } from "#lib/domain/error";

/**
 * What the browser tells about where a request comes from: `same`, `other`, or `untold` (no browser, or a very old one).
 * The address may be the public one or the one that the browser itself used: behind no proxy they are often different names of one host.
 */
export function requestOrigin(headers: Headers, publicUrl: string): "same" | "other" | "untold" {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return "other";
  const origin = headers.get("origin");
  if (origin === null) return site === null ? "untold" : "same";
  if (!URL.canParse(origin)) return "other";
  const from = new URL(origin);
  const own = new URL(publicUrl);
  // Under its own name the scheme counts too: a plain page must not act for the one with TLS.
  const isSame = from.host === own.host ? from.origin === own.origin : from.host === headers.get("host");
  return isSame ? "same" : "other";
}

/**
 * Guards what changes something. A cookie travels by itself, so the browser must prove the same origin; without a cookie only a told
 * other origin is refused. Throws `cross-site`.
 */
export function requireSameOrigin(headers: Headers, publicUrl: string, hasCookie: boolean): void {
  const from = requestOrigin(headers, publicUrl);
  if (from === "other" || (from === "untold" && hasCookie)) throw new LifeboatError("cross-site");
}
