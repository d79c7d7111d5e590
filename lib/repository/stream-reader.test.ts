import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createCodecPool } from "./codec-pool.ts";
import { openStoredBackup } from "./open-stored-backup.ts";
import { rowsOf, storeFull } from "./pack-fixture.ts";

const root = mkdtempSync(join(tmpdir(), "lifeboat-reader-"));
const pool = createCodecPool({ threads: 2 });
afterAll(async () => {
  await pool.close();
  await rm(root, { recursive: true, force: true });
});

it("leaves a piece as it was while later ones are read: a slow socket still sends it", async () => {
  const bytes = rowsOf(16_000_000);
  const full = await storeFull({ root, bytes, pool });
  const backup = await openStoredBackup({ ...full, pool });
  const pieces: Uint8Array[] = [];
  for await (const piece of backup.read()) pieces.push(piece);
  expect(pieces.length).toBeGreaterThan(5);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});
