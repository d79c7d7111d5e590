import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "#lib/testing/temporary-folder";

// What docs/cli.md pipes into a program is run as it stands there, as far as the pipe.
const root = join(import.meta.dirname, "../..");
const calls = readFileSync(join(root, "docs/cli.md"), "utf8")
  .split("\n")
  .flatMap((line) => /^npm (run .*--json) \| /.exec(line)?.[1] ?? []);

/** Nobody is there, so that each call ends with an error, which is a document as well. */
async function npm(call: string): Promise<{ code: number | null; out: string }> {
  const folder = await temporaryFolder();
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    npm_config_cache: join(folder, "npm"),
    LIFEBOAT_URL: "http://127.0.0.1:9",
    LIFEBOAT_TOKEN: "lbt_npm",
  };
  const child = spawn("npm", call.split(" "), {
    cwd: root,
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, "close") as Promise<[number | null]>]);
  return { code, out };
}

describe("npm's scripts print one document where a program reads it", () => {
  it("as the documentation shows for both kinds of them", () => {
    expect(calls.map((call) => / ([a-z:]+) -- /.exec(call)?.[1])).toEqual(["lifeboat", "db:backup"]);
  });

  it.each(calls)("npm %s", async (call) => {
    const { code, out } = await npm(call);
    expect(JSON.parse(out)).toEqual({ error: expect.objectContaining({ exit: code }) as unknown });
    expect([2, 3]).toContain(code);
  });
});
