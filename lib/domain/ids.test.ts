import { describe, expect, it } from "vitest";
import { idPrefixes, isId, makeId } from "./ids.ts";

describe("ids", () => {
  it("are a prefix and the UUID's digits", () => {
    expect(makeId("backup", "01992b7e-5c4f-7a0e-9d3c-2b1a00000000")).toBe("bkp_01992b7e5c4f7a0e9d3c2b1a00000000");
  });

  it("have a prefix of their own per entity", () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(Object.keys(idPrefixes).length);
  });

  it("are told from paths, other entities and other cases", () => {
    const id = makeId("backup", "01992b7e-5c4f-7a0e-9d3c-2b1a00000000");
    expect(isId("backup", id)).toBe(true);
    for (const bad of ["../../etc/passwd", `${id}\n`, id.toUpperCase(), id.replace("bkp", "src"), `${id}0`, ""])
      expect(isId("backup", bad)).toBe(false);
  });
});
