import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { LifeboatError } from "#lib/domain/error";
import type { EngineContext } from "#lib/engines/port";
import type { CodecPool } from "#lib/repository/codec-pool";
import type { PackRef } from "#lib/repository/port";
import { openPack, type OpenPack } from "#lib/repository/read-pack";
import { readSidecar } from "#lib/repository/sidecar";
import type { SidecarFacts } from "#lib/repository/sidecar-schema";
import { spoolStream } from "#lib/repository/spool-stream";
import type { Keyring } from "#lib/secrets/keyring";
import type { ForeignPack } from "#lib/services/imports/ports";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import type { Storage } from "#lib/storage/port";

const mostNeeds = 1_000;

/**
 * Decodes a pack of another Lifeboat with all that its own index vouches for. What a member needs is looked for in the same folder, by
 * identity and not by name. Throws `pack-damaged`, `chain-broken` { key } when one is missing, `stream-mismatch`.
 */
export async function decodeForeignPack(
  wired: { readonly pool: CodecPool; readonly keyring: Keyring },
  request: { readonly path: string; readonly toPath: string },
  context: EngineContext,
): Promise<ForeignPack> {
  const storage = createLocalStorage({ root: dirname(request.path) });
  const key = basename(request.path);
  const own = await openPack(storage, key);
  const needs = await findNeeds(storage, own);
  const [stream] = own.meta.streams;
  if (stream === undefined || own.meta.streams.length > 1)
    throw new LifeboatError("format-unknown", { detail: "a pack of several streams" });
  const { bytes, sha256 } = await rereadWhole(storage, own, context.signal);
  const pack: PackRef = {
    packId: own.meta.packId,
    backupId: own.meta.backupId,
    key,
    bytes,
    packSha256: sha256,
    storedBytes: bytes,
    storedSha256: sha256,
  };
  const { name, rootHash } = stream;
  const backup = { backupId: pack.backupId, pack, needs, stream: { name, bytes: stream.bytes, sha256: stream.sha256, rootHash } };
  await spoolStream({ storage, backup, toPath: request.toPath, signal: context.signal, pool: wired.pool });
  const reading = await readSidecar(storage, key, wired.keyring);
  const facts = "facts" in reading ? reading.facts : null;
  const sidecar = facts === null || !tellsOf(facts, pack) ? null : told(facts);
  return { kind: own.meta.kind, storedSha256: sha256, sidecar };
}

/** A sidecar that was written for another pack tells nothing about this one. */
function tellsOf(facts: SidecarFacts, pack: PackRef): boolean {
  return (
    facts.backup.id === pack.backupId && facts.packs.some((each) => each.packId === pack.packId && each.packSha256 === pack.packSha256)
  );
}

function told({ backup, tables, manifest }: SidecarFacts): ForeignPack["sidecar"] {
  const { database, serverVersion, toolVersion } = backup;
  return { snapshotAt: new Date(backup.snapshotAt), database, serverVersion, toolVersion, tables, manifest };
}

async function rereadWhole(storage: Storage, { key, packBytes }: OpenPack, signal: AbortSignal) {
  const hash = createHash("sha256");
  for await (const chunk of storage.readAll(key, signal)) hash.update(chunk);
  return { bytes: packBytes, sha256: hash.digest("hex") };
}

/** The packs that the index names, found by what their own indexes say they are. */
async function findNeeds(storage: Storage, own: OpenPack): Promise<PackRef[]> {
  const wanted = new Map(own.meta.packs.map((each) => [each.packId, each]));
  const found: PackRef[] = [];
  if (wanted.size > mostNeeds) throw new LifeboatError("format-unknown", { detail: `a recipe over ${wanted.size} packs` });
  if (wanted.size > 0) {
    for await (const { key, bytes } of storage.list("")) {
      if (key.includes("/") || key === own.key || ![...wanted.values()].some((each) => each.bytes === bytes)) continue;
      const pack = await openPack(storage, key).catch(() => null);
      const need = pack === null ? undefined : wanted.get(pack.meta.packId);
      if (need === undefined) continue;
      const { sha256 } = await rereadWhole(storage, pack!, AbortSignal.timeout(3_600_000));
      if (sha256 !== need.packSha256)
        throw new LifeboatError("pack-damaged", { key, detail: "its SHA-256 is not what the member recorded" });
      found.push({ ...need, key, storedBytes: bytes, storedSha256: sha256 });
      wanted.delete(need.packId);
    }
  }
  const [missing] = wanted.values();
  if (missing !== undefined) throw new LifeboatError("chain-broken", { key: missing.packId });
  return found;
}
