import { expect, it } from "vitest";
import { isCarriedOut } from "./carried-out.ts";

const onRequest = { afterBackup: false };
const cleanUp = (enabled: boolean) => ({ task: "clean-up" as const, enabled });

it("a policy is carried out by a clean-up that is scheduled and switched on, or after each backup", () => {
  expect(isCarriedOut(onRequest, [])).toBe(false);
  expect(isCarriedOut(onRequest, [{ task: "full", enabled: true }, cleanUp(false)])).toBe(false);
  expect(isCarriedOut(onRequest, [cleanUp(true)])).toBe(true);
  expect(isCarriedOut({ afterBackup: true }, [])).toBe(true);
});

it("nothing is said while the answer is not known, or there is no policy", () => {
  expect(isCarriedOut(undefined, [])).toBe(true);
  expect(isCarriedOut(onRequest, undefined)).toBe(true);
});
