import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { LifeboatError } from "#lib/domain/error";
import { createCodecPool } from "#lib/repository/codec-pool";
import { encodeSidecar, readSidecar } from "#lib/repository/sidecar";
import { exampleKey, exampleSidecar } from "#lib/repository/sidecar-example";
import { spoolStream } from "#lib/repository/spool-stream";
import { rowsOf, storeFull } from "#lib/repository/pack-fixture";
import { verifyMember } from "#lib/repository/verify-member";
import { createKeyring } from "#lib/secrets/keyring";
import { createLocalStorage } from "#lib/storage/local/local-storage";
import { damagesOf } from "#lib/testing/campaign-damage";
import { campaignRandom } from "#lib/testing/campaign-random";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { checkCatalogueBackup, writeChecksum } from "./catalogue-backup.ts";

// FAULTS.md line 13: whatever a disk does to any kind of file that Lifeboat keeps in storage is found before it is believed.
const signal = new AbortController().signal;
const pool = createCodecPool({ threads: 2 });
const random = campaignRandom("damage");
const counts = { flips: 1_000, cuts: 200 };
afterAll(() => pool.close());

type Looks = Record<string, () => Promise<string | null>>;

/** Damages a file a thousand times and more; gives what went unseen. The whole file must be good before and after. */
async function unseen(path: string, looks: Looks, isHarmless: (what: string, size: number) => boolean = () => false): Promise<string[]> {
  const good = await readFile(path);
  const names = Object.keys(looks);
  const look = () => Promise.all(Object.values(looks).map((ask) => ask()));
  expect(await look()).toEqual(names.map(() => null));
  const damages = damagesOf(random, good.length, counts);
  expect(damages).toHaveLength(1_200);
  const missed: string[] = [];
  for (const { what, apply } of damages) {
    await writeFile(path, apply(good));
    const codes = await look();
    if (isHarmless(what, good.length)) continue;
    missed.push(...names.filter((_, at) => codes[at] === null).map((name) => `${name}: ${what}`));
  }
  await writeFile(path, good);
  expect(await look()).toEqual(names.map(() => null));
  return missed;
}

const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: LifeboatError) => error.code,
  );

describe("1,000 flipped bits and 200 truncations are all found", () => {
  it("in a pack: by verify, and by restore before its target is touched", async () => {
    const folder = await temporaryFolder();
    const full = await storeFull({ root: join(folder, "backups"), bytes: rowsOf(40_000), pool, averageSegmentBytes: 4096 });
    const spooled = join(folder, "spool");
    await mkdir(spooled);
    const missed = await unseen(full.path, {
      verify: async () => (await verifyMember({ ...full, signal, pool })).failure?.code ?? null,
      restore: async () => {
        const toPath = join(spooled, "stream");
        const code = await codeOf(spoolStream({ ...full, toPath, signal, pool }));
        // A spool that failed leaves no file; one that did not would make the next one fail.
        await rm(toPath, { force: code !== null });
        return code;
      },
    });
    expect(missed).toEqual([]);
  });

  it("in a sidecar: it is not trusted", async () => {
    const root = await temporaryFolder();
    const storage = createLocalStorage({ root });
    const keyring = createKeyring(Buffer.alloc(32, 7));
    const path = join(root, `${exampleKey}.json`);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, encodeSidecar(exampleSidecar, keyring));
    const sidecar = async () => {
      const { state } = await readSidecar(storage, exampleKey, keyring);
      return state === "trusted" ? null : state;
    };
    // Behind the last brace stands a line's end, and that is all it is.
    const missed = await unseen(path, { sidecar }, (what, size) => what === `cut to ${size - 1} bytes`);
    expect(missed).toEqual([]);
  });

  it("in the marker of the destination: it is not this installation's", async () => {
    const root = await temporaryFolder();
    const storage = createLocalStorage({ root });
    const id = "ins_0193a1b2c3d470008000000000000009";
    await storage.prepare(id);
    const missed = await unseen(join(root, ".lifeboat-installation"), {
      prepare: () => codeOf(storage.prepare(id)),
      "prepare of a worker on another host": () => codeOf(storage.prepare(id, { createMarker: false })),
    });
    expect(missed).toEqual([]);
  });

  it("in a backup of the catalogue: by its checksum, which stock sha256sum reads", async () => {
    const path = join(await temporaryFolder(), "catalogue_20261121T020000Z.dump");
    await writeFile(path, rowsOf(20_000));
    await writeChecksum(path);
    expect(await readFile(`${path}.sha256`, "utf8")).toMatch(/^[0-9a-f]{64} {2}catalogue_20261121T020000Z\.dump\n$/);
    const check = async () => ((await checkCatalogueBackup(path)) === "whole" ? null : "damaged");
    expect(await unseen(path, { check })).toEqual([]);
    expect(await unseen(`${path}.sha256`, { check })).toEqual([]);
  });
});
