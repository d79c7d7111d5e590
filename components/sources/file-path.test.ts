import { describe, expect, it } from "vitest";
import { splitPath, suggestSourceName } from "./file-path.ts";

describe("paths of files", () => {
  it.each([
    ["/srv/app/shop.db", "/srv/app", "shop.db"],
    ["/shop.db", "/", "shop.db"],
    ["/srv/a b/ñ.db", "/srv/a b", "ñ.db"],
  ])("are told apart into folder and name: %s", (path, folder, name) => {
    expect(splitPath(path)).toEqual({ folder, name });
  });

  it.each([
    ["/srv/app/shop.sqlite3", "shop"],
    ["/srv/app/shop.v2.db", "shop.v2"],
    ["/srv/grafana/data.db", "grafana data"],
    ["/srv/grafana/.db", "grafana"],
    ["/data.db", "data"],
    ["/srv/app/notes", "notes"],
    [`/srv/${"x".repeat(200)}.db`, "x".repeat(120)],
  ])("suggest a name: %s", (path, name) => {
    expect(suggestSourceName(path)).toBe(name);
  });
});
