import { LifeboatError } from "#lib/domain/error";
import type { Storage } from "../storage/port.ts";
import { canonicalJson, sortKeys } from "./canonical-json.ts";
import { sidecarKey } from "./keys.ts";
import { sidecarDocument, type SidecarFacts, sidecarFacts, sidecarFormat, sidecarVersion } from "./sidecar-schema.ts";

/** What a sidecar needs of the installation's keyring. */
export type SidecarKeyring = {
  readonly keyId: string;
  hmac(purpose: string, data: string): string;
  verifyHmac(purpose: string, data: string, expected: string): boolean;
};

/**
 * `trusted`: this installation's key signed exactly this. `untrusted`: it reads well, but was edited, signed with another key, or lies
 * under another pack's name. `unreadable`: not a sidecar of a known version. `missing`: there is none.
 */
export type SidecarReading =
  | { readonly state: "trusted"; readonly facts: SidecarFacts }
  | { readonly state: "untrusted"; readonly why: "edited" | "other-key" | "moved"; readonly facts: SidecarFacts }
  | { readonly state: "unreadable"; readonly detail: string }
  | { readonly state: "missing" };

const purpose = "sidecar";
const maxSidecarBytes = 64 * 1024 * 1024;

/** The sidecar's text: indented for people and `jq`; the HMAC is over the canonical form without itself, so that spacing does not count. */
export function encodeSidecar(facts: SidecarFacts, keyring: SidecarKeyring): string {
  const body = { format: sidecarFormat, formatVersion: sidecarVersion, ...sidecarFacts.parse(facts) };
  const hmac = { algorithm: "hmac-sha256", keyId: keyring.keyId, value: keyring.hmac(purpose, canonicalJson(body)) };
  return `${JSON.stringify(sortKeys({ ...body, hmac }), null, 2)}\n`;
}

/** Reads a sidecar's text and says whether to believe it. Never throws for what it reads. */
export function decodeSidecar(text: string, packKey: string, keyring: SidecarKeyring): SidecarReading {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { state: "unreadable", detail: "not JSON" };
  }
  const parsed = sidecarDocument.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { state: "unreadable", detail: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
  }
  const { format: _format, formatVersion: _version, hmac, ...facts } = parsed.data;
  // The HMAC covers the document as it was read, fields that this version does not know included.
  const { hmac: _hmac, ...signed } = document as Record<string, unknown>;
  if (hmac.keyId !== keyring.keyId) return { state: "untrusted", why: "other-key", facts };
  if (!keyring.verifyHmac(purpose, canonicalJson(signed), hmac.value)) return { state: "untrusted", why: "edited", facts };
  if (!facts.packs.some((pack) => pack.key === packKey)) return { state: "untrusted", why: "moved", facts };
  return { state: "trusted", facts };
}

/** Writes the sidecar beside the pack `packKey`, replacing an older one atomically. `token` as for packs. Throws the storage's errors. */
export async function writeSidecar(
  storage: Storage,
  request: { readonly packKey: string; readonly token: string; readonly facts: SidecarFacts },
  keyring: SidecarKeyring,
): Promise<void> {
  const bytes = Buffer.from(encodeSidecar(request.facts, keyring));
  const writer = await storage.create(sidecarKey(request.packKey), request.token, { replace: true });
  try {
    await writer.write(bytes);
    await writer.commit(bytes.length);
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  }
}

/** Reads the sidecar of the pack `packKey`. Throws only what the storage throws when it does not answer. */
export async function readSidecar(storage: Storage, packKey: string, keyring: SidecarKeyring): Promise<SidecarReading> {
  const key = sidecarKey(packKey);
  const stored = await storage.stat(key);
  if (stored === null) return { state: "missing" };
  if (stored.bytes > maxSidecarBytes) return { state: "unreadable", detail: `${stored.bytes} bytes` };
  try {
    const bytes = await storage.readRange(key, 0, stored.bytes);
    return decodeSidecar(Buffer.from(bytes).toString("utf8"), packKey, keyring);
  } catch (error) {
    if (error instanceof LifeboatError && error.code === "pack-missing") return { state: "missing" };
    if (error instanceof LifeboatError && error.code === "pack-truncated")
      return { state: "unreadable", detail: "it shrank while it was read" };
    throw error;
  }
}
