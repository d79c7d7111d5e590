import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { endMarked } from "./marked-processes.ts";
import { groupAlive } from "./process-group.ts";

it("ends what was started with a mark by a parent that was killed, with all of its group, and nothing else", async () => {
  const value = `drl_${process.pid.toString(16).padStart(32, "0")}`;
  // A worker that starts an application in a group of its own, which starts another process, and is killed.
  const script = `
    const { spawn } = require("node:child_process");
    const env = { PATH: process.env.PATH, MARK: process.argv[1] };
    const child = spawn("sh", ["-c", "env -i sleep 60 & sleep 60"], { detached: true, env, stdio: "ignore" });
    console.log(child.pid);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ["-e", script, value], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const group = Number(line.toString());
  const gone = once(parent, "exit");
  parent.kill("SIGKILL");
  await gone;
  expect(groupAlive(group)).toBe(true);
  expect(await endMarked("MARK", `${value}0`)).toEqual([]);
  expect(groupAlive(group)).toBe(true);
  expect(await endMarked("MARK", value)).toEqual([]);
  await expect.poll(() => groupAlive(group)).toBe(false);
});
