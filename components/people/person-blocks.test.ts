import { describe, expect, it } from "vitest";
import { personBlock } from "./person-blocks.ts";

describe("what cannot be done to a person", () => {
  const admin = { id: "usr_1", role: "admin", state: "active" } as const;

  it("names the last active admin before oneself: it is the stronger reason", () => {
    expect(personBlock(admin, "usr_1", 1)).toBe("last-admin");
    expect(personBlock(admin, "usr_2", 1)).toBe("last-admin");
  });

  it("keeps one's own role and access from oneself while there are other admins, or before that is known", () => {
    expect(personBlock(admin, "usr_1", 2)).toBe("self");
    expect(personBlock(admin, "usr_1", undefined)).toBe("self");
  });

  it("blocks nothing for other people", () => {
    expect(personBlock(admin, "usr_2", 2)).toBeNull();
    expect(personBlock({ ...admin, state: "disabled" }, "usr_2", 1)).toBeNull();
    expect(personBlock({ ...admin, state: "invited" }, "usr_2", 1)).toBeNull();
    expect(personBlock({ ...admin, role: "viewer" }, "usr_2", 1)).toBeNull();
  });
});
