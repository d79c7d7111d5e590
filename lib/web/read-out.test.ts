import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { importPartBytes } from "#lib/contracts/imports";
import { readOut } from "./read-out.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** The body of a request that is still being sent. */
const request = () => Object.assign(new PassThrough(), { complete: false }) as unknown as IncomingMessage & PassThrough;

it.each<[string, (body: PassThrough) => unknown]>([
  ["as many bytes as two parts have", (body) => body.write(Buffer.alloc(2 * importPartBytes + 1))],
  ["the body's end", (body) => body.end("what was left")],
  ["a client that leaves", (body) => body.destroy()],
])("ends with %s, and leaves no timer behind", async (_, go) => {
  const body = request();
  const done = readOut(body);
  expect(vi.getTimerCount()).toBe(1);
  go(body);
  await done;
  expect(vi.getTimerCount()).toBe(0);
});

it("ends after five seconds with a client that sends nothing", async () => {
  const done = readOut(request());
  await vi.advanceTimersByTimeAsync(5_000);
  await done;
  expect(vi.getTimerCount()).toBe(0);
});
