import { open } from "node:fs/promises";
import { openChainBase } from "#lib/repository/chain-base";
import type { CodecPool } from "#lib/repository/codec-pool";
import { packKey, sidecarKey } from "#lib/repository/keys";
import { openMember } from "#lib/repository/open-member";
import { openStoredBackup } from "#lib/repository/open-stored-backup";
import type { CheckOutcome, KnownBackup } from "#lib/repository/port";
import { recipeLines } from "#lib/repository/recipe-lines";
import { rereadPack } from "#lib/repository/reread-pack";
import { chooseAverageSegmentBytes } from "#lib/repository/segmenter";
import { readSidecar, type SidecarReading, writeSidecar } from "#lib/repository/sidecar";
import { spoolStream } from "#lib/repository/spool-stream";
import { synthesizeFull } from "#lib/repository/synthesize";
import { verifyChain } from "#lib/repository/verify-chain";
import { verifyMember } from "#lib/repository/verify-member";
import { writePack } from "#lib/repository/write-pack";
import type { Keyring } from "#lib/secrets/keyring";
import { type BackupFacts, knownBackup } from "#lib/services/backups/facts";
import type { PackRepository } from "#lib/services/runs/pack-repository";
import type { Storage } from "#lib/storage/port";
import { sidecarOf } from "./sidecar-of.ts";

export type RepositoryOptions = {
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly installationId: string;
  readonly pool: CodecPool;
};

/** Puts `lib/repository` behind the port that executors know. */
export function createPackRepository(options: RepositoryOptions): PackRepository {
  const { storage, keyring, pool } = options;
  return {
    averageSegmentBytes: chooseAverageSegmentBytes,
    packKey,
    openBase: (packs, signal) => openChainBase(storage, packs, signal),
    write: (request) => writePack({ ...request, storage }, { pool }),
    synthesize: (request) => synthesizeFull({ ...request, storage }, { pool }),
    reread: (pack, signal, onBytes) => rereadPack(storage, pack, signal, onBytes),
    verify: (backup, signal, onProgress) => verifyMember({ storage, backup, signal, pool, onProgress }),
    verifyChain: (members, signal, onProgress) => verifyChain({ storage, members, signal, pool, onProgress }),
    spool: (backup, toPath, signal, onProgress) => spoolStream({ storage, backup, toPath, signal, pool, onProgress }),
    spoolHead: (backup, path, maxBytes, signal) => spoolHead(options, backup, { path, maxBytes, signal }),
    writeSidecar: async (facts, token) => {
      const told = sidecarOf(facts, options.installationId, await recipeOf(storage, facts));
      await writeSidecar(storage, { packKey: facts.pack.key, token, facts: told }, keyring);
    },
    checkSidecar: async (facts) => sidecarOutcome(facts, await readSidecar(storage, facts.pack.key, keyring)),
    removeSidecar: (key) => storage.remove(sidecarKey(key)),
  };
}

/** A member's recipe in lines. A full needs none: its pack decompresses into its stream. */
async function recipeOf(storage: Storage, facts: BackupFacts): Promise<string | undefined> {
  if (facts.needs.length === 0) return undefined;
  const packIds = facts.needs.map(({ dependency }) => dependency.packId);
  return recipeLines(await openMember(storage, knownBackup(facts)), packIds);
}

async function spoolHead(
  { storage, pool }: RepositoryOptions,
  backup: KnownBackup,
  head: { path: string; maxBytes: number; signal: AbortSignal },
): Promise<void> {
  const stored = await openStoredBackup({ storage, backup, pool });
  try {
    const file = await open(head.path, "wx", 0o600);
    try {
      const range = { offset: 0, length: Math.min(head.maxBytes, stored.bytes) };
      for await (const bytes of stored.read(range, head.signal)) await file.write(bytes);
    } finally {
      await file.close();
    }
  } finally {
    await stored.close();
  }
}

/** A sidecar passes when this installation signed it and it tells of the very pack that the catalogue knows. */
function sidecarOutcome(facts: BackupFacts, reading: SidecarReading): CheckOutcome {
  const outcome = (actual: string): CheckOutcome => ({
    code: "sidecar",
    verdict: actual === "trusted" ? "passed" : "failed",
    expected: "trusted",
    actual,
  });
  if (reading.state === "untrusted") return outcome(`untrusted (${reading.why})`);
  if (reading.state !== "trusted") return outcome(reading.state);
  const told = reading.facts.packs.find((pack) => pack.packId === facts.pack.id);
  return outcome(reading.facts.backup.id === facts.backup.id && told?.packSha256 === facts.pack.packSha256 ? "trusted" : "another backup");
}
