import { expect, test } from "vitest";
import { copiesBroken, copyAfterLook } from "./broken.ts";

const damage = { code: "pack-damaged", params: { key: "a", detail: "" } } as const;

test("a backup with one readable copy is not broken, whatever happened to another", () => {
  expect(copiesBroken([])).toBeNull();
  expect(copiesBroken([{ state: "stored", failure: null }])).toBeNull();
  expect(
    copiesBroken([
      { state: "damaged", failure: damage },
      { state: "stored", failure: null },
    ]),
  ).toBeNull();
});

test("a copy that is lost, or whose last verification could not read it, breaks the backup and says why", () => {
  expect(copiesBroken([{ state: "damaged", failure: damage }])).toEqual(damage);
  expect(copiesBroken([{ state: "missing", failure: null }])?.code).toBe("pack-missing");
  expect(copiesBroken([{ state: "stored", failure: { code: "chain-broken", params: { key: "b" } } }])?.code).toBe("chain-broken");
});

test("an edited sidecar breaks nothing: the bytes are there", () => {
  expect(copiesBroken([{ state: "stored", failure: { code: "sidecar-untrusted", params: { key: "a" } } }])).toBeNull();
});

test("a look says of the own copy only what it found in it; what it found in another's pack is named", () => {
  const own = (code: "pack-missing" | "pack-damaged", key: string) => copyAfterLook({ code, params: { key } }, "own");
  expect(copyAfterLook(null, "own")).toEqual({ state: "stored", otherKey: null });
  expect(own("pack-missing", "own")).toEqual({ state: "missing", otherKey: null });
  expect(own("pack-damaged", "own")).toEqual({ state: "damaged", otherKey: null });
  expect(own("pack-damaged", "full")).toEqual({ state: "stored", otherKey: "full" });
  expect(copyAfterLook({ code: "chain-broken", params: { key: "full" } }, "own")).toEqual({ state: "stored", otherKey: "full" });
  expect(copyAfterLook({ code: "stream-mismatch", params: {} }, "own").state).toBe("damaged");
  expect(copyAfterLook({ code: "sidecar-untrusted", params: { key: "own" } }, "own").state).toBe("stored");
});
