import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { place } from "./put-file.ts";

// A file system without hard links (FAT, some network mounts): `link` is refused there, and none of that kind can be mounted in a test.
const refusal = vi.hoisted(() => ({ code: "EPERM" }));
vi.mock(import("node:fs/promises"), async (original) => ({
  ...(await original()),
  link: () => Promise.reject(Object.assign(new Error("no links here"), { code: refusal.code })),
}));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-place-"));
  await writeFile(join(folder, "new"), "new");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it.each(["EPERM", "ENOTSUP", "ENOSYS"])("gives a file its name where links are refused with %s", async (code) => {
  refusal.code = code;
  await place(join(folder, "new"), join(folder, "app.db"));
  expect(await readdir(folder)).toEqual(["app.db"]);
  expect(await readFile(join(folder, "app.db"), "utf8")).toBe("new");
});

it("never takes somebody else's name there, either", async () => {
  refusal.code = "EPERM";
  await writeFile(join(folder, "app.db"), "old");
  await expect(place(join(folder, "new"), join(folder, "app.db"))).rejects.toMatchObject({ code: "file-exists" });
  expect(await readFile(join(folder, "app.db"), "utf8")).toBe("old");
});

it("says what else stands in the way, and of a folder that is gone that it is missing", async () => {
  refusal.code = "EACCES";
  await expect(place(join(folder, "new"), join(folder, "app.db"))).rejects.toMatchObject({ code: "permission-denied" });
  refusal.code = "EPERM";
  await expect(place(join(folder, "new"), join(folder, "nowhere", "app.db"))).rejects.toMatchObject({ code: "file-missing" });
  expect(await readdir(folder)).toEqual(["new"]);
});
