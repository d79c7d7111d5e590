import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openDumpFile } from "./dump-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-dump-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

it("what a killed call of the same process id left is not in the way", async () => {
  const left = join(folder, `.my.dump.${process.pid}.partial`);
  writeFileSync(left, "half a dump");
  const path = join(folder, "my.dump");
  const file = await openDumpFile(path, null);
  await file.write(
    (async function* () {
      yield Buffer.from("whole");
    })(),
    false,
  );
  await file.publish();
  expect(existsSync(path)).toBe(true);
  // Somebody else's container may have that id, too: as long as it may be written to, it stays.
  expect(existsSync(left)).toBe(true);
});

it("what nobody has written to for a day is taken away with the next dump of that name; other files stay", async () => {
  const aged = (name: string, hours: number) => {
    const path = join(folder, name);
    writeFileSync(path, "");
    const at = Date.now() / 1000 - hours * 3600;
    utimesSync(path, at, at);
    return path;
  };
  const gone = [aged(".my.dump.4711.partial", 25), aged(".my.dump.4711-a1b2c3.partial", 25)];
  const stay = [
    aged(".my.dump.4711-d4e5f6.partial", 23),
    aged(".other.my.dump.4711.partial", 25),
    aged(".my.dump.zst.4711-a1b2c3.partial", 25),
    aged("my.dump.json", 25),
  ];
  const file = await openDumpFile(join(folder, "my.dump"), null);
  expect(gone.filter((path) => existsSync(path))).toEqual([]);
  expect(stay.filter((path) => !existsSync(path))).toEqual([]);
  await file.discard();
  expect(existsSync(file.temporary)).toBe(false);
});
