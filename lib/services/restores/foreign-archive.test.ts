import { expect, it } from "vitest";
import { safetyOf } from "#lib/engines/postgres/tool-choice";
import { isForeignArchive, unsafeForArchive } from "./foreign-archive.ts";

const file = { fileName: "x", bytes: 1, sha256: "a", takenFrom: "asked" as const };
const archive = { origin: "imported" as const, extension: "dump" as const, imported: { ...file, format: "pg-custom" } };
const work = { deps: { imports: { toolSafety: safetyOf } } } as unknown as Parameters<typeof unsafeForArchive>[0];

it("knows an archive that somebody else's pg_dump made, also where a synthetic full carries it on", () => {
  expect(isForeignArchive(archive)).toBe(true);
  expect(isForeignArchive({ ...archive, origin: "synthetic" })).toBe(true);
  expect(isForeignArchive({ ...archive, imported: { ...file, format: "lifeboat-pack" } })).toBe(true);
  expect(isForeignArchive({ ...archive, origin: "external", imported: null })).toBe(true);
  // Loaded in a sandbox and dumped from there by our own.
  expect(isForeignArchive({ ...archive, imported: { ...file, format: "pg-plain" } })).toBe(false);
  expect(isForeignArchive({ ...archive, extension: "db", imported: { ...file, format: "sqlite" } })).toBe(false);
  expect(isForeignArchive({ ...archive, origin: "made", imported: null })).toBe(false);
});

it("is opened by no client with known holes", () => {
  const refused = (version: string) => unsafeForArchive(work, archive, version)?.params["needed"] ?? null;
  expect(["17.12", "18.7", "15.20", "16.17"].map(refused)).toEqual([null, null, null, null]);
  expect(["17.11", "15.18", "14.24", "13.22"].map(refused)).toEqual(["17.12", "15.20", "14.25", "14.25"]);
  expect(unsafeForArchive(work, { ...archive, origin: "made", imported: null }, "15.1")).toBeNull();
});
