import type { BackupKind, StreamExtension } from "#lib/domain/backup-state";
import { LifeboatError } from "#lib/domain/error";

/** UTC, to the second, as it stands in file names: `20261121T020000Z`. */
export function fileTime(at: Date): string {
  return at
    .toISOString()
    .replace(/\.\d{3}Z$/, "Z")
    .replaceAll(/[-:]/g, "");
}

const slugForm = /^[a-z0-9][a-z0-9-]{0,99}$/;
const idForm = /^[a-z]{3}_[0-9a-f]{32}$/;

function assertPart(form: RegExp, what: string, value: string): void {
  if (!form.test(value)) throw new LifeboatError("invalid-input", { issues: `not a ${what}: ${JSON.stringify(value.slice(0, 200))}` });
}

export type PackKeyParts = {
  readonly sourceSlug: string;
  readonly chainId: string;
  readonly snapshotAt: Date;
  readonly kind: BackupKind;
  readonly backupId: string;
  readonly extension: StreamExtension;
};

/**
 * `<slug>/<chain id>/<slug>_<UTC time>_<kind>_<short id>.<ext>.zst`. The short id is the last 8 hex digits of the backup's id (the
 * random end of a UUIDv7). Throws `invalid-input` when a part could name something else.
 */
export function packKey({ sourceSlug, chainId, snapshotAt, kind, backupId, extension }: PackKeyParts): string {
  assertPart(slugForm, "slug", sourceSlug);
  assertPart(idForm, "chain id", chainId);
  assertPart(idForm, "backup id", backupId);
  return `${sourceSlug}/${chainId}/${sourceSlug}_${fileTime(snapshotAt)}_${kind}_${backupId.slice(-8)}.${extension}.zst`;
}

/** The sidecar's key: the pack's with `.json` behind it. */
export function sidecarKey(key: string): string {
  return `${key}.json`;
}

/** The pack's name without its folders. */
export function packFileName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

const maxBaseCharacters = 100;

/**
 * What a downloaded stream is called: `shop_20261121T020000Z_full.dump`. `base` is a slug or any name of people: letters of every
 * script stay, what a file system or a header could stumble over becomes `-`.
 */
export function dumpFileName(parts: {
  readonly base: string;
  readonly snapshotAt: Date;
  readonly kind: BackupKind;
  readonly extension: StreamExtension;
}): string {
  const cleaned = parts.base
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replaceAll(/^[-._]+|[-._]+$/g, "");
  const base = Array.from(cleaned).slice(0, maxBaseCharacters).join("");
  return `${base === "" ? "backup" : base}_${fileTime(parts.snapshotAt)}_${parts.kind}.${parts.extension}`;
}

/** The same for the pack as it is stored: `….dump.zst`. */
export function storedFileName(parts: Parameters<typeof dumpFileName>[0]): string {
  return `${dumpFileName(parts)}.zst`;
}
