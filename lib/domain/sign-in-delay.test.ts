import { expect, it } from "vitest";
import { signInDelaySeconds } from "./sign-in-delay.ts";

it("lets five wrong passwords pass, then doubles the wait up to a quarter of an hour", () => {
  const delays = [1, 4, 5, 6, 7, 10, 11, 12, 1000].map((failures) => signInDelaySeconds("account", failures));
  expect(delays).toEqual([0, 0, 15, 30, 60, 480, 900, 900, 900]);
});

it("is more patient with an address, which many people may share", () => {
  expect([19, 20, 21].map((failures) => signInDelaySeconds("address", failures))).toEqual([0, 15, 30]);
});
