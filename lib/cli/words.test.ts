import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { dbBackup } from "./classic/db-backup.ts";
import { dbRestore } from "./classic/db-restore.ts";
import { findBackup } from "./find.ts";
import { lifeboat } from "./lifeboat.ts";
import { parseOptions } from "./options.ts";
import { surroundings } from "./run-program.ts";
import type { Session } from "./session.ts";
import { createTerminal } from "./terminal.ts";

// Nobody is asked anything here: port 9 would refuse, with another exit code.
function around() {
  const err = Object.assign(new PassThrough(), { isTTY: false, columns: 80 });
  const terminal = createTerminal(new PassThrough(), err as unknown as NodeJS.WriteStream);
  const env = { HOME: "/nonexistent", LIFEBOAT_URL: "http://127.0.0.1:9", LIFEBOAT_TOKEN: "lbt_words" };
  return { said: () => String(err.read() ?? ""), ...surroundings(() => env, terminal, new AbortController().signal) };
}

const usage = (message: string) => expect.objectContaining({ exit: 2, message: expect.stringContaining(message) as unknown }) as Error;

describe("a word too many is not understood, and nothing is done", () => {
  it.each([
    "sources shop",
    "backup shop",
    "backups shop",
    "verify bkp_a bkp_b",
    "preview bkp_a bkp_b",
    "restore bkp_a bkp_b",
    "download bkp_a bkp_b",
    "drill show drl_a drl_b",
    "status shop",
    "validate shop",
    "cleanup --source shop dry-run",
    "policy show shop",
  ])("lifeboat %s", async (words) => {
    await expect(lifeboat(words.split(" "), around())).rejects.toThrow(usage("a word too many"));
  });

  it("a verb of drill that takes no id says so", async () => {
    await expect(lifeboat(["drill", "list", "drl_a"], around())).rejects.toThrow(usage("drill show <drill id>"));
  });

  it("a drill is shown by its id alone", async () => {
    await expect(lifeboat(["drill", "show", "drl_a", "--source", "shop"], around())).rejects.toThrow(usage("not both"));
  });

  it("db:backup and db:restore", async () => {
    await expect(dbBackup(["shop", "--out", "x.dump"], around())).rejects.toThrow(usage("a word too many"));
    await expect(dbRestore(["x.dump", "--file", "x.dump"], around())).rejects.toThrow(usage("a word too many"));
  });
});

describe("behind -- stands the gate's command, and elsewhere nothing", () => {
  it("an option there is not passed over in silence", async () => {
    await expect(lifeboat(["cleanup", "--source", "shop", "--", "--dry-run"], around())).rejects.toThrow(usage("behind --"));
    await expect(dbBackup(["--out", "x.dump", "--", "--json"], around())).rejects.toThrow(usage("behind --"));
    await expect(dbRestore(["--file", "x.dump", "--", "--sha256", "ab"], around())).rejects.toThrow(usage("behind --"));
  });

  it("an end of options with nothing behind it leaves nothing out", () => {
    expect(parseOptions(["--"], {}).rest).toEqual([]);
  });

  it.each(["npm run release-check", "npm run release-check -- now"])(
    "a gate without it runs nothing, and says where %s goes",
    async (words) => {
      const here = around();
      const ended = lifeboat(["gate", "--source", "shop", ...words.split(" ")], here);
      await expect(ended).rejects.toThrow(usage("the command goes behind --"));
      expect(here.said()).toBe("DO NOT DEPLOY\n");
    },
  );
});

it("a backup is said by its id or by its source, not by both", async () => {
  const id = `bkp_${"0".repeat(32)}`;
  await expect(findBackup({} as Session, { id, source: "shop" })).rejects.toThrow(usage("--source"));
});
