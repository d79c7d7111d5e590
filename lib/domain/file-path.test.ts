import { describe, expect, it } from "vitest";
import { fileName, filePathProblem, fileTitle, folderOf, isInside } from "./file-path.ts";

describe("filePathProblem", () => {
  const roots = ["/srv/app", "/data"];
  const code = (path: string) => filePathProblem(path, roots, ["/srv/app/lifeboat"])?.code ?? null;

  it("lets through what lies plainly below an allowed folder, whatever it is called", () => {
    for (const path of ["/srv/app/shop.db", "/data/a/b/c.sqlite", "/srv/app/-x", "/srv/app/two\nlines", "/srv/app/ñ 🛟.db", "/data/..x"]) {
      expect(code(path)).toBeNull();
    }
  });

  it("refuses everything else by its text alone", () => {
    const hostile = [
      "/srv/application/x.db",
      "/srv/app/../../etc/shadow",
      "/srv/app/./x.db",
      "/srv/app//x.db",
      "/srv/app/x.db/",
      "srv/app/x.db",
      "../x.db",
      "/srv/app/x\0.db",
      "/etc/passwd",
      "file:/srv/app/x.db",
      "/srv/app/\ud800.db",
      "/srv/app/lifeboat/packs.db",
      `/srv/app/${"x".repeat(4100)}`,
    ];
    for (const path of hostile) expect([path, code(path)]).toEqual([path, "file-outside"]);
  });

  it("says when no folder is allowed at all", () => {
    expect(filePathProblem("/srv/app/x.db", [], [])).toEqual({ code: "files-not-allowed", params: {} });
  });
});

it("takes paths apart", () => {
  expect(fileName("/a/b.db")).toBe("b.db");
  expect(folderOf("/a/b.db")).toBe("/a");
  expect(folderOf("/b.db")).toBe("/");
  expect(fileTitle("/a/shop.v2.db")).toBe("shop.v2");
  expect(fileTitle("/a/.hidden")).toBe(".hidden");
  expect(isInside("/", "/x")).toBe(true);
  expect(isInside("/a", "/ab")).toBe(false);
});
