import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openAllowed, resolveAllowed } from "./allowed-path.ts";

let root: string;
let allowed: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-allowed-"));
  allowed = join(root, "allowed");
  mkdirSync(join(allowed, "below"), { recursive: true });
  writeFileSync(join(root, "secret"), "secret");
  writeFileSync(join(allowed, "below", "a.dump"), "good");
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("resolves what lies below an allowed folder, through links that stay inside", async () => {
  symlinkSync("below", join(allowed, "link"));
  const path = join(allowed, "below", "a.dump");
  expect(await resolveAllowed([allowed], join(allowed, "link", "a.dump"))).toMatchObject({ path, isFile: true, bytes: 4 });
  expect(await resolveAllowed([allowed], allowed)).toMatchObject({ path: allowed, isFolder: true });
  const { file } = await openAllowed([allowed], path);
  expect((await file.readFile()).toString()).toBe("good");
  await file.close();
});

it("refuses everything else, and tells nothing about it", async () => {
  symlinkSync(root, join(allowed, "out"));
  symlinkSync(join(root, "secret"), join(allowed, "secret.dump"));
  const outside = [
    join(root, "secret"),
    join(root, "missing"),
    `${allowed}/../secret`,
    `${allowed}x`,
    "relative",
    "",
    `${allowed}/a\0b`,
    join(allowed, "out", "secret"),
    join(allowed, "secret.dump"),
  ];
  for (const path of outside) await expect(resolveAllowed([allowed], path)).rejects.toMatchObject({ code: "file-outside" });
  await expect(resolveAllowed([], join(allowed, "below"))).rejects.toMatchObject({ code: "files-not-allowed" });
  await expect(resolveAllowed([allowed], join(allowed, "missing"))).rejects.toMatchObject({ code: "file-missing" });
  await expect(openAllowed([allowed], join(allowed, "below"))).rejects.toMatchObject({ code: "file-missing" });
});

it("reads the file that was looked at, not one that takes its name or its folder's place", async () => {
  const path = join(allowed, "below", "a.dump");
  const { file } = await openAllowed([allowed], path);
  renameSync(join(allowed, "below"), join(root, "moved"));
  symlinkSync(root, join(allowed, "below"));
  writeFileSync(join(root, "a.dump"), "evil");
  expect((await file.readFile()).toString()).toBe("good");
  await file.close();
  await expect(openAllowed([allowed], path)).rejects.toMatchObject({ code: "file-outside" });
});
