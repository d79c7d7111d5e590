import { describe, expect, it } from "vitest";
import { missingParts, nameInFile, newSourceDraft, toSourceBody } from "./import-draft.ts";

describe("the source that a file is to belong to", () => {
  it.each([
    ["shop_2024-03-12.sql.gz", "shop"],
    ["shop-20240312T030000Z.dump", "shop"],
    ["shop_backup_20240312_030000.db", "shop"],
    ["shop.v2.dump", "shop.v2"],
    ["my shop 2024-03-12 03:00.tar.gz", "my shop"],
    ["20240312.dump", "20240312"],
    [".dump", ".dump"],
    ["dump", "dump"],
    [`${"x".repeat(80)}.dump`, "x".repeat(63)],
  ])("is named after the file: %s", (file, name) => {
    expect(nameInFile(file)).toBe(name);
  });

  it("can be made as soon as everything is said", () => {
    const draft = newSourceDraft("shop.dump");
    expect(toSourceBody(draft, "postgres")).toBeNull();
    expect(toSourceBody({ ...draft, serverId: "srv_1" }, "postgres")).toEqual({
      engine: "postgres",
      name: "shop",
      environment: "development",
      serverId: "srv_1",
      database: "shop",
    });
    expect(toSourceBody({ ...draft, serverId: "srv_1", name: " " }, "postgres")).toBeNull();
    expect(toSourceBody({ ...draft, serverId: "srv_1", database: "" }, "postgres")).toBeNull();
  });

  it("of a file needs an absolute path", () => {
    const draft = newSourceDraft("shop.db");
    expect(toSourceBody(draft, "sqlite")).toBeNull();
    expect(toSourceBody({ ...draft, path: "shop.db" }, "sqlite")).toBeNull();
    expect(toSourceBody({ ...draft, path: " /srv/shop.db " }, "sqlite")).toMatchObject({ engine: "sqlite", path: "/srv/shop.db" });
  });

  it("tells what it still needs", () => {
    const draft = newSourceDraft("shop.dump");
    expect(missingParts(draft, "postgres")).toEqual(["server"]);
    expect(missingParts({ ...draft, serverId: "srv_1" }, "postgres")).toEqual([]);
    expect(missingParts({ ...draft, name: " ", database: "" }, "postgres")).toEqual(["name", "server", "database"]);
    expect(missingParts(draft, "sqlite")).toEqual(["path"]);
  });
});
