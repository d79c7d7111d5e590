import { describe, expect, it } from "vitest";
import { quoteIdentifier, roleSql } from "./role-sql.ts";

/** What a server would run: the lines that are not comments. */
function statements(sql: string): string[] {
  return sql.split("\n").filter((line) => line !== "" && !line.startsWith("--"));
}

describe("quoteIdentifier", () => {
  it.each([
    ["shop", '"shop"'],
    ['x"; drop', '"x""; drop"'],
    ["Ñandú 表", '"Ñandú 表"'],
    ["a\\b", '"a\\b"'],
    ['two\n"lines"\\', String.raw`U&"two\000a""lines""\\"`],
  ])("quotes %j as %s", (name, quoted) => {
    expect(quoteIdentifier(name)).toBe(quoted);
  });
});

describe("roleSql", () => {
  it("creates a role that reads everything and may do nothing else", () => {
    expect(statements(roleSql({ username: "lifeboat_backup", restoreUsername: "", databases: ["shop"] }))).toEqual([
      'CREATE ROLE "lifeboat_backup" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;',
      'GRANT pg_read_all_data TO "lifeboat_backup";',
      'GRANT CONNECT ON DATABASE "shop" TO "lifeboat_backup";',
      'ALTER ROLE "lifeboat_backup" BYPASSRLS;',
    ]);
  });

  it("adds a restore role that may create databases", () => {
    const sql = roleSql({ username: "b", restoreUsername: "r", databases: [] });
    expect(statements(sql)).toContain('CREATE ROLE "r" LOGIN NOSUPERUSER CREATEDB NOCREATEROLE;');
    expect(sql).toContain(String.raw`\password "r"`);
  });

  it("widens the one role when it is named for both", () => {
    const lines = statements(roleSql({ username: "b", restoreUsername: "b", databases: [] }));
    expect(lines.filter((line) => line.startsWith("CREATE ROLE"))).toHaveLength(1);
    expect(lines).toContain('ALTER ROLE "b" CREATEDB;');
  });

  it("lets no name out of its line or its comment", () => {
    const evil = 'x"\n; DROP TABLE t; --';
    const lines = statements(roleSql({ username: evil, restoreUsername: `${evil}2`, databases: [evil] }));
    expect(lines.every((line) => /^(CREATE ROLE|GRANT|ALTER ROLE) /.test(line))).toBe(true);
  });
});
