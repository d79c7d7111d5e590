import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { BackupKind } from "../domain/backup-state.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { editOnce, seededRandom } from "./chain-fixture.ts";
import { createCodecPool } from "./codec-pool.ts";
import { openStoredBackup } from "./open-stored-backup.ts";
import { fixtureChain, rowsOf, type StoredPack, storePack } from "./pack-fixture.ts";
import { synthesizeFull } from "./synthesize.ts";
import { verifyChain } from "./verify-chain.ts";

const pool = createCodecPool({ threads: 2 });
const { signal } = new AbortController();
afterAll(() => pool.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

type Member = StoredPack & { readonly kind: BackupKind; readonly bytes: Buffer; readonly chain: number };

/** What the rules of chains allow, decided by chance: a few chains of one source, made, deleted and built upon further. */
function createHistory(root: string, seed: number, averageSegmentBytes: number) {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const members: Member[] = [];
  let stream: Buffer = rowsOf(20_000 + upTo(400_000), seed);
  let made = 0;
  let chains = 0;

  const inChain = (chain: number) => members.filter((member) => member.chain === chain);
  const dependents = ({ pack }: Member) => members.filter((each) => each.backup.needs.some((need) => need.packId === pack.packId));

  /** The newest chain goes on when it has what the kind needs; else a full begins another one. */
  const baseFor = (kind: BackupKind): StoredPack["pack"][] | null => {
    const chain = inChain(chains);
    const full = chain.find((member) => member.kind === "full");
    const newest = chain.at(-1);
    if (kind === "full" || newest === undefined) return null;
    if (kind === "incremental") return [newest.pack, ...newest.backup.needs];
    return full === undefined ? null : [full.pack];
  };

  return {
    members,
    upTo,
    dependents,
    edit() {
      const emptied = random() < 0.04;
      for (let edit = upTo(6); edit > 0; edit -= 1) stream = editOnce(stream, random);
      if (emptied) stream = Buffer.alloc(0);
      if (stream.length > 900_000) stream = stream.subarray(0, 300_000);
      if (stream.length === 0 && !emptied) stream = rowsOf(upTo(200_000) + 1, seed + made);
    },
    async backUp() {
      const asked = (["full", "differential", "differential", "incremental", "incremental", "incremental", "incremental"] as const)[
        upTo(7)
      ]!;
      const base = baseFor(asked);
      const kind = base === null ? "full" : asked;
      if (kind === "full") chains += 1;
      made += 1;
      const stored = await storePack({ root, name: `${seed}_${made}`, bytes: stream, pool, base, kind, averageSegmentBytes });
      members.push({ ...stored, kind, bytes: stream, chain: chains });
    },
    /** Only what no recipe names, as the service does it. */
    async remove() {
      const free = members.filter((member) => dependents(member).length === 0);
      const gone = free[upTo(free.length)];
      if (gone === undefined) return;
      members.splice(members.indexOf(gone), 1);
      await gone.storage.remove(gone.pack.key);
    },
  };
}

async function rebuild(member: Member): Promise<Buffer> {
  const stored = await openStoredBackup({ ...member, pool });
  const parts: Uint8Array[] = [];
  for await (const part of stored.read()) parts.push(part);
  return Buffer.concat(parts);
}

it.each([
  [1, 1024],
  [2, 4096],
  [3, 1024],
  [4, 16_384],
])(
  "chains of random edits: every kept member is its stream, after any deletions that the rules allow (seed %i, average %i)",
  async (seed, averageSegmentBytes) => {
    const root = await temporaryFolder();
    const history = createHistory(root, seed, averageSegmentBytes);
    for (let step = 0; step < 22; step += 1) {
      history.edit();
      await history.backUp();
      if (history.upTo(3) === 0) await history.remove();
    }
    const { members } = history;
    expect(members.some((member) => member.backup.needs.length > 1)).toBe(true);
    for (const member of members) {
      expect((await rebuild(member)).equals(member.bytes)).toBe(true);
      expect(member.stream.sha256).toBe(sha256(member.bytes));
      // A needed pack is one that is named, and it is there.
      for (const need of member.backup.needs) expect(members.some(({ pack }) => pack.packId === need.packId)).toBe(true);
    }
    for (const chain of new Set(members.map((member) => member.chain))) {
      const backups = members.filter((member) => member.chain === chain).map((member) => member.backup);
      const { storage } = members[0]!;
      const verdict = await verifyChain({ storage, members: backups, pool, signal });
      expect(verdict.members.map(({ failure }) => failure)).toEqual(backups.map(() => null));
    }
    // Any member as a full of its own, which needs nobody and which stock tools read.
    const chosen = members[history.upTo(members.length)]!;
    const written = await synthesizeFull(
      {
        storage: chosen.storage,
        from: chosen.backup,
        key: `shop/chn_2/synthetic_${seed}.dump.zst`,
        packId: "pck_s",
        backupId: "bkp_s",
        chain: { ...fixtureChain, chainId: "chn_2", averageSegmentBytes },
        token: "run_2.1",
        signal,
        onProgress: () => undefined,
      },
      { pool },
    );
    await written.publish();
    expect(sha256(execFileSync("zstd", ["-dc", join(root, written.pack.key)], { maxBuffer: 1 << 26 }))).toBe(sha256(chosen.bytes));
    // Newest first, everything goes, and what is left is whole at every step.
    while (members.length > 1) {
      await history.remove();
      const kept = members[history.upTo(members.length)]!;
      expect((await rebuild(kept)).equals(kept.bytes)).toBe(true);
    }
  },
);
