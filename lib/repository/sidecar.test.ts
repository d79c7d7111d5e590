import { mkdtempSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createKeyring } from "#lib/secrets/keyring";
import { createLocalStorage } from "../storage/local/local-storage.ts";
import { canonicalJson } from "./canonical-json.ts";
import { exampleKey, exampleMemberSidecar, exampleSidecar } from "./sidecar-example.ts";
import { decodeSidecar, encodeSidecar, readSidecar, writeSidecar } from "./sidecar.ts";
import { tamper } from "./pack-fixture.ts";

const root = mkdtempSync(join(tmpdir(), "lifeboat-sidecar-"));
const storage = createLocalStorage({ root });
afterAll(() => rm(root, { recursive: true, force: true }));

const keyring = createKeyring(Buffer.alloc(32, 7));
const request = { packKey: exampleKey, token: "run_1.1", facts: exampleSidecar };
const path = join(root, `${exampleKey}.json`);

describe("a sidecar", () => {
  it("comes back as it was written, trusted, 0600, and can be replaced", async () => {
    await writeSidecar(storage, request, keyring);
    expect(await readSidecar(storage, exampleKey, keyring)).toEqual({ state: "trusted", facts: exampleSidecar });
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
    const relabelled = { ...exampleSidecar, backup: { ...exampleSidecar.backup, label: "keep" } };
    await writeSidecar(storage, { ...request, facts: relabelled }, keyring);
    expect(await readSidecar(storage, exampleKey, keyring)).toEqual({ state: "trusted", facts: relabelled });
    await writeSidecar(storage, request, keyring);
  });

  it("is trusted when only its spacing or the order of its keys changed", () => {
    const document = JSON.parse(encodeSidecar(exampleSidecar, keyring)) as Record<string, unknown>;
    const reordered = Object.fromEntries(Object.entries(document).reverse());
    expect(decodeSidecar(JSON.stringify(reordered), exampleKey, keyring).state).toBe("trusted");
  });

  it("of a member comes back whole, and one of before members existed is read and trusted", () => {
    expect(decodeSidecar(encodeSidecar(exampleMemberSidecar, keyring), exampleKey, keyring)).toEqual({
      state: "trusted",
      facts: exampleMemberSidecar,
    });
    const { needs: _needs, supersedes: _supersedes, ...before } = exampleSidecar;
    const {
      askedKind: _a,
      kindReason: _k,
      derivedFromId: _d,
      dataTakenAt: _t,
      extension: _e,
      imported: _i,
      ...backup
    } = exampleSidecar.backup;
    const old = { ...before, backup };
    expect(decodeSidecar(encodeSidecar(old, keyring), exampleKey, keyring)).toEqual({ state: "trusted", facts: old });
  });

  it.each([exampleSidecar, exampleMemberSidecar])("is untrusted after an edit of any value in it ($backup.kind)", (example) => {
    const text = encodeSidecar(example, keyring);
    const document = JSON.parse(text) as unknown;
    const edits = editsOf(document, []).filter((edit) => edit.path[0] !== "hmac");
    expect(edits.length).toBeGreaterThan(70);
    for (const edit of edits) {
      const reading = decodeSidecar(JSON.stringify(edit.document), exampleKey, keyring);
      expect([edit.path.join("."), reading.state === "untrusted" || reading.state === "unreadable"]).toEqual([edit.path.join("."), true]);
    }
  });

  it("is untrusted with a field added, also one that this version does not know", () => {
    const document = JSON.parse(encodeSidecar(exampleSidecar, keyring)) as Record<string, unknown>;
    const reading = decodeSidecar(JSON.stringify({ ...document, comment: "hello" }), exampleKey, keyring);
    expect(reading).toMatchObject({ state: "untrusted", why: "edited" });
  });

  it("is untrusted under another installation's key, and under another pack's name", () => {
    const text = encodeSidecar(exampleSidecar, keyring);
    expect(decodeSidecar(text, exampleKey, createKeyring(Buffer.alloc(32, 8)))).toMatchObject({ state: "untrusted", why: "other-key" });
    expect(decodeSidecar(text, `other/${exampleKey}`, keyring)).toMatchObject({ state: "untrusted", why: "moved" });
  });

  it.each(["", "{", "null", "[]", "{}", '{"format":"lifeboat-sidecar","formatVersion":2}', "\0\0"])("is unreadable as %j", (text) => {
    expect(decodeSidecar(text, exampleKey, keyring).state).toBe("unreadable");
  });

  it("is untrusted when its file was edited, and missing when it is gone", async () => {
    await tamper(path, (bytes) => Buffer.from(bytes.toString().replace('"rows": 12', '"rows": 13')));
    expect(await readSidecar(storage, exampleKey, keyring)).toMatchObject({ state: "untrusted", why: "edited" });
    await rm(path);
    expect(await readSidecar(storage, exampleKey, keyring)).toEqual({ state: "missing" });
  });
});

describe("canonical JSON", () => {
  it("has one text for equal values, and keeps keys that look special", () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: null }] })).toBe('{"a":[{"c":null,"d":2}],"b":1}');
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });
});

/** Every document that differs in one leaf. */
function editsOf(root: unknown, path: string[]): { path: string[]; document: unknown }[] {
  const at = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);
  if (typeof at === "object" && at !== null) return Object.keys(at).flatMap((key) => editsOf(root, [...path, key]));
  const document = structuredClone(root);
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document) as Record<
    string,
    unknown
  >;
  parent[path.at(-1)!] = typeof at === "number" ? at + 1 : typeof at === "boolean" ? !at : `${typeof at === "string" ? at : ""}x`;
  return [{ path, document }];
}
