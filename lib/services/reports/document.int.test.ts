import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { reportContent } from "#lib/contracts/drill-reports";
import { canonicalJson } from "#lib/domain/canonical-json";
import { sampleReport } from "#lib/testing/sample-report";
import { temporaryFolder } from "#lib/testing/temporary-folder";
import { sha256Of } from "./chain.ts";
import { signedFileText } from "./inspect-file.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/drill-report.md"), "utf8");
const commands = /```sh id=check\n([\s\S]+?)```/u.exec(page)?.[1] ?? "";

/** Follows the page, as somebody who has openssl and no Lifeboat. */
async function follow(folder: string, file: string): Promise<{ ok: boolean; out: string }> {
  const env = { ...process.env, file, key: join(folder, "key.pem"), LC_ALL: "C" };
  try {
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", commands], { cwd: folder, env });
    return { ok: true, out: stdout };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { ok: false, out: `${stdout}${stderr}` };
  }
}

it("a report is checked with the commands of docs/drill-report.md alone, and a changed one is refused", async () => {
  const folder = await temporaryFolder();
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(join(folder, "key.pem"), publicKey.export({ type: "spki", format: "pem" }));
  const canonical = canonicalJson(sampleReport({ improvement: 'a quote ", a brace } and "value":"x"' }));
  const keyId = `sgk_${createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 32)}`;
  const signature = sign(null, Buffer.from(canonical), privateKey).toString("base64");
  const text = signedFileText({ canonical, sha256: sha256Of(canonical), keyId, signature });
  const file = join(folder, "report.json");
  writeFileSync(file, text);
  expect(await follow(folder, file)).toMatchObject({
    ok: true,
    out: expect.stringMatching(/canonical.json: OK\n.*Verified Successfully/u) as string,
  });

  writeFileSync(file, text.replace('"verdict":"passed-with-findings"', '"verdict":"passed"'));
  expect((await follow(folder, file)).ok).toBe(false);
  const rehashed = canonical.replace('"verdict":"passed-with-findings"', '"verdict":"passed"');
  writeFileSync(file, signedFileText({ canonical: rehashed, sha256: sha256Of(rehashed), keyId, signature }));
  expect(await follow(folder, file)).toMatchObject({ ok: false, out: expect.stringContaining("Verification Failure") as string });
});

it("every member of a report is described", () => {
  const named = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gmu)].map(([, names]) => names ?? "").join();
  const described = new Set(named.match(/\w+/gu));
  expect(Object.keys(reportContent.shape).filter((name) => !described.has(name))).toEqual([]);
});
