import { once } from "node:events";
import { expect, it } from "vitest";
import type { EngineContext } from "#lib/engines/port";
import { watchSpace } from "./watch-space.ts";

const context: EngineContext = { signal: new AbortController().signal, workDir: "/", applicationName: "test", log: () => undefined };
const gibibyte = 1024 ** 3;

it("ends work that leaves no room on the disk, with numbers, whatever the work itself says of its end", async () => {
  let freeBytes = gibibyte;
  const disk = { path: "/data", freeBytes: () => Promise.resolve((freeBytes /= 2)) };
  const work = async ({ signal }: EngineContext) => {
    await once(signal, "abort");
    throw new Error("psql was killed");
  };
  await expect(watchSpace(disk, context, work, 5)).rejects.toMatchObject({
    code: "no-space",
    params: { path: "/data", freeBytes: gibibyte / 8, neededBytes: gibibyte / 4 },
  });
});

it("leaves work alone while there is room, or while nobody can tell, and stops looking with its end", async () => {
  let looks = 0;
  const seen = Promise.withResolvers<void>();
  const freeBytes = () => {
    looks += 1;
    if (looks === 3) seen.resolve();
    return looks === 2 ? Promise.reject(new Error("no answer")) : Promise.resolve(gibibyte);
  };
  const work = async ({ signal }: EngineContext) => {
    await seen.promise;
    return signal.aborted;
  };
  expect(await watchSpace({ path: "/data", freeBytes }, context, work, 5)).toBe(false);
  const ended = looks;
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks).toBe(ended);
});
