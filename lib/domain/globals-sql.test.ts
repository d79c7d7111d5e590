import { expect, test } from "vitest";
import { parseGlobals } from "./globals-sql.ts";

const dumped = `--
-- PostgreSQL database cluster dump
--

\\restrict abcDEF

SET default_transaction_read_only = off;
SET client_encoding = 'UTF8';

--
-- Roles; CREATE ROLE in_a_comment;
--

CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5 VALID UNTIL 'infinity';
CREATE ROLE "Ada; drop role app; --";
ALTER ROLE "Ada; drop role app; --" WITH SUPERUSER INHERIT CREATEROLE CREATEDB NOLOGIN REPLICATION BYPASSRLS PASSWORD 'SCRAM;x' CONNECTION LIMIT -1;
COMMENT ON ROLE app IS 'it''s; CREATE ROLE in_a_string;';
CREATE ROLE "line
break""quote";
CREATE ROLE "ünïcode";

ALTER ROLE app SET search_path TO 'a', '$user', 'it''s';
ALTER ROLE app SET "my.own" TO E'back\\\\slash';
ALTER ROLE app IN DATABASE shop SET work_mem TO '4MB';

GRANT app TO "ünïcode" WITH ADMIN OPTION GRANTED BY postgres;
GRANT pg_read_all_data TO app WITH INHERIT FALSE, SET TRUE, ADMIN FALSE GRANTED BY postgres;
GRANT SET ON PARAMETER log_statement TO app;
CREATE TABLESPACE fast OWNER postgres LOCATION '/srv/fast';
\\unrestrict abcDEF
`;

test("roles, memberships and settings come out of the text, whatever names and strings say", () => {
  const { roles, memberships, settings, leftOut } = parseGlobals(dumped);
  expect(roles.map(({ name }) => name)).toEqual(["app", "Ada; drop role app; --", 'line\nbreak"quote', "ünïcode"]);
  const [app, ada] = roles;
  expect([app?.attributes.get("SUPERUSER"), app?.attributes.get("LOGIN"), app?.connectionLimit]).toEqual([false, true, 5]);
  expect([ada?.attributes.get("SUPERUSER"), ada?.attributes.get("LOGIN"), ada?.attributes.get("BYPASSRLS")]).toEqual([true, false, true]);
  expect(memberships).toEqual([
    { role: "app", member: "ünïcode", admin: true, inherit: null, set: null },
    { role: "pg_read_all_data", member: "app", admin: false, inherit: false, set: true },
  ]);
  expect(settings).toEqual([
    { role: "app", name: "search_path", values: ["a", "$user", "it's"] },
    { role: "app", name: "my.own", values: ["back\\slash"] },
  ]);
  expect(leftOut).toEqual(["GRANT SET ON PARAMETER log_statement TO", "CREATE TABLESPACE fast OWNER postgres LOCATION"]);
});

test("what is cut off or no SQL at all yields what is whole", () => {
  expect(parseGlobals("CREATE ROLE a; CREATE ROLE b").roles.map(({ name }) => name)).toEqual(["a"]);
  expect(parseGlobals("CREATE ROLE 'x'; GRANT; ALTER ROLE; ALTER ROLE a SET; \0;").roles).toEqual([]);
  expect(parseGlobals("")).toEqual({ roles: [], memberships: [], settings: [], leftOut: [] });
});
