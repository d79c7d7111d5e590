import { type Reason, reasonOf } from "#lib/domain/error";
import type { BackupFacts } from "../backups/facts.ts";
import type { RunWork } from "../runs/work.ts";

/**
 * What is wrong with the files that a restore reads, as far as their presence and size tell; empty when all are there. The backup's own
 * pack gives `pack-missing` { key }, another one `chain-broken` { key }; either of another size `pack-truncated`. A destination that does
 * not answer gives its own reason. The hashes decide later, before the target is touched.
 */
export async function checkPacks({ deps }: Pick<RunWork, "deps">, { pack, needs }: BackupFacts): Promise<Reason[]> {
  const { storage } = deps.destination;
  const look = async (key: string, bytes: number | null, gone: Reason): Promise<Reason[]> => {
    const found = bytes === null ? null : await storage.stat(key);
    if (bytes === null || found === null) return [gone];
    if (found.bytes === bytes) return [];
    return [{ code: "pack-truncated", params: { key, expectedBytes: bytes, actualBytes: found.bytes } }];
  };
  try {
    const problems: Reason[] = [];
    for (const { dependency, pack: needed } of needs) {
      const key = dependency.packKey;
      if (dependency.reason === "packs") problems.push(...(await look(key, needed?.storedBytes ?? null, chainBroken(key))));
    }
    problems.push(...(await look(pack.key, pack.storedBytes, { code: "pack-missing", params: { key: pack.key } })));
    return problems;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason.code === "internal") throw error;
    return [reason];
  }
}

const chainBroken = (key: string): Reason => ({ code: "chain-broken", params: { key } });
