import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { copyName, shellQuote, stockCommands } from "./stock-commands.ts";

describe("shellQuote", () => {
  it.each(["shop", "-Fp", "a=b c", 'x"; drop', "it's $(id) `id`", "Ñandú 表", "two\nlines\t\\", "'\n'"])(
    "gives the shell %j back",
    (word) => {
      const printed = execFileSync("bash", ["--norc", "-c", `printf %s ${shellQuote(word)}`], {
        encoding: "utf8",
      });
      expect(printed).toBe(word);
    },
  );
});

describe("stockCommands", () => {
  const file = {
    fileName: "shop_20261121T020000Z_full_0a1b2c3d.dump.zst",
    packSha256: "a".repeat(64),
    streamSha256: "b".repeat(64),
    extension: "dump" as const,
    database: "shop_restored",
    properties: { encoding: "UTF8", localeProvider: "libc", collate: "C.UTF-8", ctype: "C.UTF-8", icuLocale: null },
  };

  it("checks, decompresses, checks again, creates and restores", () => {
    expect(stockCommands(file)).toEqual([
      `echo "${"a".repeat(64)}  shop_20261121T020000Z_full_0a1b2c3d.dump.zst" | sha256sum --check`,
      "zstd -d shop_20261121T020000Z_full_0a1b2c3d.dump.zst -o shop_20261121T020000Z_full_0a1b2c3d.dump",
      `echo "${"b".repeat(64)}  shop_20261121T020000Z_full_0a1b2c3d.dump" | sha256sum --check`,
      "createdb --template=template0 --encoding=UTF8 --lc-collate=C.UTF-8 --lc-ctype=C.UTF-8 -- shop_restored",
      "PGDATABASE=shop_restored pg_restore --dbname= shop_20261121T020000Z_full_0a1b2c3d.dump",
    ]);
  });

  it("names an ICU locale where the database has one", () => {
    const commands = stockCommands({ ...file, properties: { ...file.properties, localeProvider: "icu", icuLocale: "de-DE" } });
    expect(commands[3]).toContain("--locale-provider=icu --icu-locale=de-DE");
  });

  it("keeps a hostile database name out of the options", () => {
    const commands = stockCommands({ ...file, database: "-Fp $(id)" });
    expect(commands[3]).toMatch(/ -- '-Fp \$\(id\)'$/);
    expect(commands[4]).toMatch(/^PGDATABASE='-Fp \$\(id\)' /);
  });
});

describe("copyName", () => {
  it("adds a suffix and cuts between characters to fit 63 bytes", () => {
    expect(copyName("shop")).toBe("shop_restored");
    expect(copyName("表".repeat(21))).toBe(`${"表".repeat(18)}_restored`);
    expect(new TextEncoder().encode(copyName("😀".repeat(15))).length).toBeLessThanOrEqual(63);
  });
});

it("gives an SQLite file back as it is: unpacked, checked, and looked at", () => {
  const commands = stockCommands({
    fileName: "notes_20261122T010203Z_full_00000001.db.zst",
    packSha256: "a",
    streamSha256: "b",
    extension: "db",
    database: "notes",
    properties: null,
  });
  expect(commands).toHaveLength(4);
  expect(commands[3]).toBe('sqlite3 notes_20261122T010203Z_full_00000001.db "PRAGMA integrity_check"');
  expect(commands.join()).not.toContain("pg_restore");
});
