import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "#lib/domain/canonical-json";
import { sampleReport } from "#lib/testing/sample-report";
import { temporaryFolder } from "#lib/testing/temporary-folder";

const script = join(import.meta.dirname, "..", "verify-report.mjs");
const run = promisify(execFile);

async function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [script, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A chain of reports as Lifeboat writes them, in a folder with the key. Hash, id and signature are computed here once more, by the document. */
async function chain(length: number) {
  const folder = await temporaryFolder();
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keyFile = join(folder, "key.pem");
  writeFileSync(keyFile, publicKey.export({ type: "spki", format: "pem" }));
  const files: string[] = [];
  let previousSha256 = "0".repeat(64);
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const canonical = canonicalJson(sampleReport({ sequence, previousSha256 }));
    previousSha256 = sha256(canonical);
    const file = join(folder, `report-${sequence}.json`);
    writeFileSync(file, signedText(canonical, publicKey, privateKey));
    files.push(file);
  }
  return { folder, keyFile, files, privateKey, publicKey };
}

function signedText(canonical: string, publicKey: KeyObject, privateKey: KeyObject): string {
  const keyId = `sgk_${createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 32)}`;
  const value = sign(null, Buffer.from(canonical), privateKey).toString("base64");
  return canonicalJson({
    report: JSON.parse(canonical) as Json,
    sha256: sha256(canonical),
    signature: { algorithm: "Ed25519", keyId, value },
  });
}

describe("scripts/verify-report.mjs", () => {
  it("accepts a chain of genuine reports, and a part of one", async () => {
    const { keyFile, files } = await chain(3);
    expect(await verify("--key", keyFile, ...files)).toMatchObject({
      code: 0,
      out: expect.stringContaining("All 3 reports are genuine, and none between them is missing.") as string,
    });
    expect(await verify("--key", keyFile, ...files.slice(1))).toMatchObject({ code: 0 });
    expect((await verify("--key", keyFile, files[2] ?? "")).out).toContain(`ok    ${files[2]}: report 3 of "shop", passed-with-findings`);
  });

  it("rejects a report with one byte changed, wherever it is", async () => {
    const { folder, keyFile, files } = await chain(1);
    const bytes = readFileSync(files[0] ?? "");
    const changed: string[] = [];
    mkdirSync(join(folder, "changed"));
    for (let at = 0; at < bytes.length; at += 1) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (at % 2 === 0 ? 0x01 : 1 + (at % 254));
      const file = join(folder, "changed", String(at));
      writeFileSync(file, copy);
      changed.push(file);
    }
    const { code, out } = await verify("--key", keyFile, ...changed);
    expect(code).toBe(1);
    expect(out.split("\n").filter((line) => line.startsWith("ok "))).toEqual([]);
    expect(out.split("\n").filter((line) => line.startsWith(`WRONG ${folder}`))).toHaveLength(bytes.length);
  });

  it("says precisely what is wrong", async () => {
    const { folder, keyFile, files, publicKey, privateKey } = await chain(1);
    const text = readFileSync(files[0] ?? "", "utf8");
    const told = async (changed: string | Uint8Array) => {
      const file = join(folder, "changed.json");
      writeFileSync(file, changed);
      return verify("--key", keyFile, file);
    };
    const better = text.replace('"verdict":"passed-with-findings"', '"verdict":"passed"');
    expect((await told(better)).out).toContain("its content was changed, or its hash: SHA-256 of the content is");
    expect((await told(`${text}\n`)).out).toMatch(/not in canonical form from character \d+ on: it was edited or saved anew/);
    expect((await told(text.replace(/\}$/u, ',"zz":1}'))).out).toContain("members that are not part of the format: zz");
    const signed = JSON.parse(text) as { signature: object };
    for (const changed of [
      { ...signed, value: "verdict: passed" },
      { ...signed, algorithm: "Ed25519", keyId: "mine" },
      { ...signed, signature: { ...signed.signature, report: { verdict: "passed" } } },
    ]) {
      expect(await told(canonicalJson(changed as Json))).toMatchObject({
        code: 1,
        out: expect.stringContaining("members that are not part of the format") as string,
      });
    }
    expect((await told(text.slice(0, -9))).out).toContain("it is not JSON in UTF-8");
    expect((await told(Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))).out).toContain("it is not JSON in UTF-8");
    expect((await told("{}")).out).toContain("it is no drill report of Lifeboat");
    const newer = canonicalJson({ ...sampleReport({ sequence: 1 }), formatVersion: 2 });
    expect((await told(signedText(newer, publicKey, privateKey))).out).toContain("its format version is 2; this program knows version 1");
    expect((await told(text)).code).toBe(0);
  });

  it("notices reports that are swapped, missing or doubled", async () => {
    const { keyFile, files } = await chain(4);
    const [one = "", two = "", three = "", four = ""] = files;
    expect(await verify("--key", keyFile, one, three, two, four)).toMatchObject({
      code: 1,
      out: expect.stringContaining("report 3 (report-3.json) stands before report 2 (report-2.json): swapped") as string,
    });
    expect((await verify("--key", keyFile, one, four)).out).toContain(
      "reports 2 to 3 are missing between report 1 (report-1.json) and report 4",
    );
    expect((await verify("--key", keyFile, two, four)).out).toContain("report 3 is missing between");
    expect((await verify("--key", keyFile, two, two)).out).toContain("have the same number");
  });

  it("notices a report that was signed anew in the place of another", async () => {
    const { folder, keyFile, files, privateKey, publicKey } = await chain(3);
    const forged = canonicalJson(sampleReport({ sequence: 2, previousSha256: "12".repeat(32), verdict: "passed" }));
    const file = join(folder, "forged.json");
    writeFileSync(file, signedText(forged, publicKey, privateKey));
    const { code, out } = await verify("--key", keyFile, files[0] ?? "", file, files[2] ?? "");
    expect(code).toBe(1);
    expect(out).toContain("report 2 (forged.json) was not written after report 1 (report-1.json)");
    expect(out).toContain("report 3 (report-3.json) was not written after report 2 (forged.json)");
  });

  it("says which key a report is signed with, and never accepts another one", async () => {
    const { files } = await chain(1);
    const other = await chain(1);
    const { code, out } = await verify("--key", other.keyFile, files[0] ?? "");
    expect(code).toBe(1);
    expect(out).toMatch(/it is signed with the key sgk_[0-9a-f]{32}; given: sgk_[0-9a-f]{32}/);
  });

  it("ends with 2 when it cannot look", async () => {
    const { folder, keyFile, files, privateKey } = await chain(1);
    const [report = ""] = files;
    expect(await verify()).toMatchObject({ code: 2, err: expect.stringContaining("usage:") as string });
    expect(await verify(report)).toMatchObject({ code: 2 });
    expect(await verify("--key", keyFile)).toMatchObject({ code: 2 });
    expect(await verify("--key", keyFile, "--any", report)).toMatchObject({ code: 2, err: expect.stringContaining("--any") as string });
    expect(await verify("--key", join(folder, "none.pem"), report)).toMatchObject({
      code: 2,
      err: expect.stringContaining("cannot be read") as string,
    });
    expect(await verify("--key", keyFile, join(folder, "none.json"))).toMatchObject({ code: 2 });
    expect(await verify("--key", report, report)).toMatchObject({ code: 2, err: expect.stringContaining("no public key") as string });
    const secret = join(folder, "secret.pem");
    writeFileSync(secret, privateKey.export({ type: "pkcs8", format: "pem" }));
    expect(await verify("--key", secret, report)).toMatchObject({ code: 2, err: expect.stringContaining("private key") as string });
    const rsa = join(folder, "rsa.pem");
    writeFileSync(rsa, generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }));
    expect(await verify("--key", rsa, report)).toMatchObject({ code: 2, err: expect.stringContaining("Ed25519") as string });
  });
});
