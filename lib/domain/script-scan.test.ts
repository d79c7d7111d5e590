import { describe, expect, it } from "vitest";
import type { LifeboatError } from "./error.ts";
import { ScriptScanner, type WholeScript } from "./script-scan.ts";

/** Scans a script in pieces of `size` bytes; gives what may run and the facts. */
function scan(text: string, size = 1_000_000): { out: string; facts: WholeScript } {
  const scanner = new ScriptScanner();
  const bytes = new Uint8Array(Buffer.from(text));
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.slice(at, at + size);
    out.push(...scanner.push(piece));
    // The scanner may keep nothing of the input's memory.
    if (size < bytes.length) piece.fill(0x5c);
  }
  const { chunks, facts } = scanner.end();
  return { out: Buffer.concat([...out, ...chunks]).toString(), facts };
}

function refusal(text: string, size?: number): unknown {
  try {
    scan(text, size);
    return null;
  } catch (error) {
    return (error as LifeboatError).reason;
  }
}

const dump = `--
-- PostgreSQL database dump
--
\\restrict Ab3xYz

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $_$ select '\\! touch x'; -- $$ \\o |cat
$_$;
ALTER FUNCTION public.f() OWNER TO alice;
CREATE TABLE public."odd ; \\! name" (id integer, note text DEFAULT E'it\\'s \\\\' /* \\i /etc/passwd /* nested */ */);
ALTER TABLE public."odd ; \\! name" OWNER TO "Bob ""B""";
COPY public."odd ; \\! name" (id, note) FROM stdin;
1\t\\N
\\restrict abc\tthis row begins with a carriage return
2\t\\\\!
\\.

SELECT pg_catalog.setval('public.s', 3, true);
GRANT SELECT ON TABLE public.t TO carol, GROUP dave, PUBLIC WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE erin IN SCHEMA public GRANT SELECT ON TABLES TO frank;
\\unrestrict Ab3xYz
`;

describe("a script of pg_dump", () => {
  const runs = dump
    .replace("\\restrict Ab3xYz", "")
    .replace("\\unrestrict Ab3xYz", "")
    .replace("ALTER FUNCTION public.f() OWNER TO alice", "")
    .replace('ALTER TABLE public."odd ; \\! name" OWNER TO "Bob ""B"""', "");

  it("passes byte for byte, but for its own restriction and what is given to roles afterwards", () => {
    const { out, facts } = scan(dump);
    expect(out).toBe(runs);
    expect(facts).toEqual({
      bytes: Buffer.byteLength(dump),
      roles: ["alice", 'Bob "B"', "carol", "dave", "erin", "frank"],
      extensions: [{ name: "citext", schema: "public", line: 8 }],
      owners: ["ALTER FUNCTION public.f() OWNER TO alice", 'ALTER TABLE public."odd ; \\! name" OWNER TO "Bob ""B"""'],
      leftOut: 0,
      encoding: "UTF8",
      transactionLine: null,
      removingLine: null,
      // Its last lines are not there.
      isCut: true,
    });
  });

  it.each([
    ["-- PostgreSQL database dump\nselect 1;\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict a\n", false],
    ["-- PostgreSQL database dump\r\nselect 1;\r\n-- PostgreSQL database dump complete", false],
    ["-- PostgreSQL database dump\nselect 1;\n", true],
    ["-- PostgreSQL database dump\n-- PostgreSQL database dump comp", true],
    ["-- PostgreSQL database dump\ncopy t from stdin;\n-- PostgreSQL database dump complete\n\\.\n", true],
    ["-- PostgreSQL database dump\nselect '\n-- PostgreSQL database dump complete\n';", true],
    ["-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n-- PostgreSQL database dump\n", true],
    ["select 1;\n-- not a PostgreSQL database dump\n", false],
    [`-- PostgreSQL database dump ${"and more ".repeat(20)}\nselect 1;\n`, false],
    ["select 1;", false],
  ])("tells whether %j is cut before pg_dump's last line", (text, isCut) => {
    for (const size of [1, 3, 1_000]) expect(scan(text, size).facts.isCut).toBe(isCut);
  });

  it.each([
    ["create table a ();\n\ndrop table b;\ndrop table c;", 3],
    ["select 1;\ntruncate b;", 2],
    ["drop table a;\ncreate table a ();", null],
    ["create table a ();\ndrop database b;\nselect 'drop table a;';\ncopy t from stdin;\ndrop table a;\n\\.\n", null],
    ["create function f() returns int language sql as $$ truncate a; select 1 $$;", null],
  ])("tells the line where %j removes something", (text, line) => {
    expect(scan(text).facts.removingLine).toBe(line);
  });

  it.each([
    ["create table a ();\nabort;", 2],
    ["select 1;\n\nROLLBACK WORK;", 3],
    ["/* x */ rollback", 1],
    ["begin; commit; start transaction; end;", null],
    ["prepare transaction 'x';", 1],
    ["commit prepared 'x';", 1],
    ["rollback prepared 'x';", 1],
    ["rollback to savepoint x; savepoint y; prepare p as select 1;", null],
    ["create function f() returns int language plpgsql as $$ begin commit; end $$;", null],
    ["create function g() returns int begin atomic select 1; end;", null],
    ["select 'commit;'; insert into commit values (1);", null],
    ["copy t from stdin;\ncommit;\n\\.\n", null],
  ])("tells whether %j takes a transaction back, and where", (text, line) => {
    expect(scan(text).facts.transactionLine).toBe(line);
  });

  it("leaves out what begins and commits transactions where all of it is one", () => {
    const text = "begin;\nselect lo_open(1, 2);\nCOMMIT;\nstart transaction isolation level serializable; END;\nselect 'commit;';\ncommit";
    const scanner = new ScriptScanner({ isOneTransaction: true });
    const out = [...scanner.push(Buffer.from(text)), ...scanner.end().chunks];
    expect(Buffer.concat(out).toString()).toBe(";\nselect lo_open(1, 2);\n;\n; ;\nselect 'commit;';\n");
    expect(scan(text).out).toBe(text);
  });

  it.each([1, 2, 3, 5, 7, 64, 200])("is read the same in pieces of %i bytes", (size) => {
    expect(scan(dump, size)).toEqual(scan(dump));
  });

  it("with --create is run in the sandbox's own database", () => {
    const text = "CREATE DATABASE shop WITH TEMPLATE = template0;\nALTER DATABASE shop OWNER TO alice;\n\\connect shop\n\nSET a = 1;\n";
    const { out, facts } = scan(text);
    expect([out, facts.leftOut]).toEqual([";\n;\n\n\nSET a = 1;\n", 2]);
    expect(refusal(`${text}\\connect other\n`)).toEqual({ code: "script-forbidden", params: { line: 6, detail: "\\connect other" } });
  });

  it("of an old pg_dump gives away what the search path of that place means", () => {
    const text =
      "SET search_path = app, pg_catalog;\nALTER TABLE t OWNER TO a;\nALTER TABLE u OWNER TO a;\nSET search_path = b;\nALTER TABLE t OWNER TO a;";
    const { out, facts } = scan(text);
    expect(facts.owners).toEqual([
      "SET search_path = app, pg_catalog",
      "ALTER TABLE t OWNER TO a",
      "ALTER TABLE u OWNER TO a",
      "SET search_path = b",
      "ALTER TABLE t OWNER TO a",
    ]);
    expect(out).toBe("SET search_path = app, pg_catalog;\n;\n;\nSET search_path = b;\n;");
  });

  it("with functions whose bodies are SQL is passed on, and what follows them is read again", () => {
    const body =
      "BEGIN ATOMIC\n SELECT CASE WHEN a = 1 THEN 'end' ELSE $$ begin $$ END;\n DELETE FROM t WHERE (case when true then 1 end) = 1;\nEND";
    const text = `CREATE OR REPLACE PROCEDURE p(a int) LANGUAGE sql\n${body};\nCOPY t FROM stdin;\n\\! a row\n\\.\nALTER TABLE t OWNER TO ada;\n`;
    const { out, facts } = scan(text, 7);
    expect([out, facts.owners]).toEqual([text.replace("ALTER TABLE t OWNER TO ada", ""), ["ALTER TABLE t OWNER TO ada"]]);
  });

  it("with --clean drops nothing before it has made something", () => {
    const clean = "ALTER TABLE ONLY public.t DROP CONSTRAINT k;\nDROP TABLE public.t;\nDROP SCHEMA public;\nCREATE SCHEMA public;\n";
    const rest = "CREATE TABLE t ();\nDROP TABLE t;\n";
    expect(scan(clean + rest).out).toBe(`;\n;\n;\n;\n${rest}`);
  });

  it("keeps the numbers of lines where it leaves out statements of several lines", () => {
    const { out } = scan("ALTER TABLE x\n  OWNER TO\n  y;\nselect 1;");
    expect(out).toBe("\n\n;\nselect 1;");
  });

  it("is taken without the mark of its byte order", () => {
    expect(scan("\ufeffselect 1;\n", 1).out).toBe("select 1;\n");
  });
});

describe("what reaches beyond the database is refused with its line", () => {
  const hostile: [string, string, number][] = [
    ["a shell", "select 1;\n\\! touch /tmp/x\n", 2],
    ["a shell behind a statement", "select 1 \\! touch /tmp/x\n", 1],
    ["a shell after a guessed end of the restriction", "\\restrict a\n\\unrestrict a\n\\! touch x\n", 3],
    ["output into a program", "\\o |cat\n", 1],
    ["a program's output", "select 1 \\g |cat\n", 1],
    ["another file", "\\i /etc/passwd\n", 1],
    ["a copy from a program", "\\copy t from program 'id'\n", 1],
    ["a large object from a file", "\\lo_import /etc/passwd\n", 1],
    ["a backtick in a variable", "\\set x `id`\n", 1],
    ["a backtick where pg_dump names a database", "\\connect `id`\n", 1],
    ["a command between two strings", "select 'a' \\! 'b';\n", 1],
    ["a command after a comment that ends early", "/* /* */ */ \\! id\n", 1],
    ["a command after an escaped quote", "select E'\\'' \\! id\n", 1],
    ["a command after a plain string that ends in a backslash", "select 'a\\' \\! id\n", 1],
    ["a command after a dollar quote", "select $a$ $b$ $a$ \\! id\n", 1],
    ["a command behind the end of rows", "COPY t FROM stdin;\n1\n\\.\n\\! id\n", 4],
    ["a command behind a COPY that only looks like one", 'COPY "from stdin" TO stdout;\n\\! id\n', 2],
    ["a statement on the line of rows", "COPY t FROM stdin; select 1;\n1\n\\.\n", 1],
    ["a program of the server", "COPY t TO PROGRAM 'id';\n", 1],
    ["a program of the server, over lines and comments", "COPY t FROM -- x\n PROGRAM /* */ 'id';\n", 1],
    ["a file of the server", "COPY t FROM '/etc/passwd';\n", 1],
    [
      "a command in a function's body that looks like rows",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\nCOPY t FROM stdin;\n\\! id\n\\.\nEND;\n",
      3,
    ],
    ["a command behind the copy of a query that reads a table called stdin", "COPY (select a from stdin) TO stdout;\n\\! id\n\\.\n", 2],
    ["a command behind a COPY that only speaks of stdin", "COPY t TO stdout (format csv, null from stdin);\n\\! id\n\\.\n", 2],
    ["backslashes that escape quotes", "SET standard_conforming_strings = off;\n", 1],
    ["a restriction that is no statement of its own", "select 1 \\restrict abc\n", 1],
  ];

  it.each(hostile)("%s", (_what, text, line) => {
    for (const size of [1_000, 1, 3]) {
      expect(refusal(text, size)).toMatchObject({ code: "script-forbidden", params: { line } });
    }
  });

  it("in one line of plain text, whatever it says", () => {
    expect(refusal("\\! \u001b[31m\u0000<b>x\n")).toEqual({ code: "script-forbidden", params: { line: 1, detail: "\\!  [31m <b>x" } });
  });

  it("a script that is cut", () => {
    for (const text of ["select 'a", "select $x$ a", "/* a", 'select "a', "COPY t FROM stdin;\n1\n2"]) {
      expect(refusal(text)).toMatchObject({
        code: "script-forbidden",
        params: { detail: expect.stringContaining("it ends inside") as string },
      });
    }
  });

  it("nothing of it was given out before", () => {
    const scanner = new ScriptScanner();
    const given: string[] = [];
    const feed = () => {
      for (const piece of ["select 1;\n", "select 2 ", "\\! id", "\n"]) {
        given.push(...scanner.push(new Uint8Array(Buffer.from(piece))).map((bytes) => Buffer.from(bytes).toString()));
      }
    };
    expect(feed).toThrow(/script-forbidden/);
    expect(given.join("")).toBe("select 1;\n");
  });
});

describe("only what is nothing else is done by a superuser afterwards", () => {
  const owners = (text: string) => scan(text).facts.owners;

  it.each([
    "ALTER TABLE ONLY public.t OWNER TO a",
    "ALTER FUNCTION s.f(integer, character varying) OWNER TO a",
    'ALTER FUNCTION s.f(x numeric(10,2), "y z" text[]) OWNER TO "A b"',
    "ALTER OPERATOR public.=== (text, text) OWNER TO a",
    "ALTER OPERATOR FAMILY public.x USING btree OWNER TO a",
    "ALTER LARGE OBJECT 123 OWNER TO a",
    "ALTER MATERIALIZED VIEW public.v OWNER TO a",
    "ALTER SCHEMA app OWNER TO pg_database_owner",
  ])("%s", (statement) => {
    expect(owners(`${statement};`)).toEqual([statement]);
  });

  it.each([
    "ALTER TABLE t ADD COLUMN c int DEFAULT evil(), OWNER TO a",
    "ALTER TABLE t ALTER c TYPE int USING evil(), OWNER TO a",
    "ALTER EVENT TRIGGER e OWNER TO a",
    "ALTER FUNCTION f(a int DEFAULT evil('x')) OWNER TO a",
    "ALTER TABLE t OWNER TO a CASCADE",
    "ALTER USER x SUPERUSER",
    "ALTER TABLE t OWNER TO CURRENT_USER",
    "ALTER TABLE t OWNER TO current_role",
    "ALTER FUNCTION f() OWNER TO session_user",
    "ALTER FUNCTION f() OWNER TO PG_execute_server_program",
    'ALTER FUNCTION f() OWNER TO "pg_write_server_files"',
  ])("not %s", (statement) => {
    expect([owners(`${statement};`), scan(`${statement};`).out]).toEqual([[], `${statement};`]);
  });
});

it("goes through rows and statements of any length in flat memory", () => {
  const row = "x".repeat(3_000_000);
  const text = `COPY t FROM stdin;\n${row}\n\\.\nINSERT INTO t VALUES ('${row}');\nselect 1;\n`;
  expect(scan(text, 65_536).out).toBe(text);
  expect(refusal(`COPY t ( /* ${row} */ ${"a,".repeat(200_000)} b) FROM stdin;\n`, 65_536)).toMatchObject({ code: "script-forbidden" });
});
