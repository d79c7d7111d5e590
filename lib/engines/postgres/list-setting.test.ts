import { describe, expect, it } from "vitest";
import { settingStatement } from "./database-properties.ts";
import { settingValues, splitNames } from "./list-setting.ts";

describe("splitNames", () => {
  it.each<[string, string[] | null]>([
    [`"$user", public`, ["$user", "public"]],
    [`"a, b","c""d",  e`, ["a, b", 'c"d', "e"]],
    [`""`, [""]],
    [`public`, ["public"]],
    [`"Ñandú", "🛟"`, ["Ñandú", "🛟"]],
    [`"new\nline"`, ["new\nline"]],
    ["", null],
    [`"open`, null],
    ["a b", null],
    ["a,", null],
    [",a", null],
  ])("takes %j apart", (value, names) => {
    expect(splitNames(value)).toEqual(names);
  });

  it("ends on a long value that is no list", () => {
    expect(splitNames(`${"a,".repeat(50_000)} b c`)).toBeNull();
  });
});

describe("settingValues", () => {
  it("takes only lists of names apart, whatever the case of their setting", () => {
    expect(settingValues("Search_Path", "a, b")).toEqual(["a", "b"]);
    expect(settingValues("DateStyle", "ISO, MDY")).toEqual(["ISO, MDY"]);
    expect(settingValues("search_path", "no list, really? yes no")).toEqual(["no list, really? yes no"]);
  });
});

describe("settingStatement", () => {
  it("gives the empty search path, which as a quoted name would be a syntax error", () => {
    expect(settingStatement("shop", null, `search_path=""`)).toBe(`alter database "shop" set "search_path" to ''`);
  });

  it("quotes names and values, and keeps what stands behind the first equals sign", () => {
    expect(settingStatement('x"; drop', "o'r", `my.app=it's = "odd"`)).toBe(
      `alter role "o'r" in database "x""; drop" set "my"."app" to 'it''s = "odd"'`,
    );
    expect(settingStatement("shop", null, `search_path="$user", "a'b"`)).toBe(`alter database "shop" set "search_path" to '$user', 'a''b'`);
  });
});
