import { describe, expect, it } from "vitest";
import { describeOn, type TestServer } from "#lib/testing/postgres";
import { unfinishedMark } from "./create-database.ts";
import { hostileNames } from "./copy-fixture.ts";
import { ReplaceBench } from "./replace-fixture.ts";
import { identifier, literal } from "./sql-text.ts";

function suite(server: TestServer) {
  const bench = new ReplaceBench(server);

  const follow = async (from: string, to: string, as = bench.address) =>
    await bench.fixture.engine.followDatabase(as, { from, to }, bench.fixture.context);
  /** Everything that the catalogues say of a database by itself, but its name and its object id. */
  const factsOf = async (database: string) => {
    const [row] = await bench.admin(`
      select pg_get_userbyid(datdba) as owner, datconnlimit as limit, shobj_description(d.oid, 'pg_database') as comment,
        datacl is null as "noAcl", (select array_agg(i::text order by i::text) from unnest(coalesce(datacl, acldefault('d', datdba))) i) as acl,
        (select json_agg(json_build_array(setrole::regrole::text, setconfig) order by setrole) from pg_db_role_setting where setdatabase = d.oid) as settings
      from pg_database d where datname = ${literal(database)}`);
    return row!;
  };

  it("carries everything over exactly, whatever the copy had before, and changes nothing when done twice", async () => {
    const owner = await bench.role("", "Owner's");
    const app = await bench.role("", `app "x"`);
    const passer = await bench.role("", "passer");
    const other = await bench.role("", "other");
    const from = await bench.make(undefined, owner.name);
    const to = await bench.make(undefined, other.name);
    const [f, t] = [identifier(from), identifier(to)];
    const settings: [string, string][] = [
      ["search_path", `'$user', 'Ñandú "q"', 'a, b', public`],
      ["temp_tablespaces", `''`],
      ["datestyle", `'SQL, DMY'`],
      ["work_mem", `'12MB'`],
      ["statement_timeout", "90000"],
      ["timezone", `'Europe/Madrid'`],
      ["myapp.tenant", `E'it''s \\\\ "odd", = value\\nand a line'`],
      ["log_min_duration_statement", "250"],
    ];
    for (const [name, value] of settings) await bench.admin(`alter database ${f} set ${name} to ${value}`);
    await bench.admin(`alter role ${identifier(app.name)} in database ${f} set search_path to ''`);
    await bench.admin(`alter role ${identifier(app.name)} in database ${f} set role to ${literal(app.name)}`);
    await bench.admin(`revoke all on database ${f} from public`);
    await bench.admin(`grant connect on database ${f} to ${identifier(app.name)}`);
    await bench.admin(`grant connect, temporary on database ${f} to ${identifier(passer.name)} with grant option`);
    const passing = await bench.session("postgres", passer.address);
    await passing.unsafe(`grant temporary on database ${f} to ${identifier(app.name)}`);
    await bench.admin(`revoke create on database ${f} from ${identifier(owner.name)}`);
    await bench.admin(`alter database ${f} connection limit 17`);
    await bench.admin(`comment on database ${f} is 'the owner''s "shop" \\ 🛟'`);
    // What the copy brought along from the backup.
    await bench.admin(`alter database ${t} set search_path to nowhere; alter database ${t} set enable_seqscan to off`);
    await bench.admin(`alter role ${identifier(other.name)} in database ${t} set work_mem to '1MB'`);
    await bench.admin(
      `grant create on database ${t} to ${identifier(app.name)}, ${identifier(owner.name)}; revoke connect on database ${t} from public`,
    );
    await bench.admin(`comment on database ${t} is '${unfinishedMark} (run)'`);

    const wanted = await factsOf(from);
    expect(wanted).toMatchObject({ owner: owner.name, limit: 17, noAcl: false });
    await follow(from, to);
    expect(await factsOf(to)).toEqual(wanted);
    expect(await factsOf(from)).toEqual(wanted);
    const rows = async () => [...(await bench.admin(`select xmin, * from pg_database where datname = ${literal(to)}`))];
    const before = await rows();
    await follow(from, to);
    expect(await rows()).toEqual(before);
  });

  it("makes a copy plain again where the old one never had anything set", async () => {
    const other = await bench.role("", "other");
    const from = await bench.make();
    const to = await bench.make(undefined, other.name);
    const t = identifier(to);
    await bench.admin(`alter database ${t} set work_mem to '1MB'; alter database ${t} connection limit 3`);
    await bench.admin(`revoke all on database ${t} from public; grant create on database ${t} to ${identifier(other.name)}`);
    await bench.admin(
      `comment on database ${t} is '${unfinishedMark} (run)'; comment on database ${identifier(from)} is '${unfinishedMark} (another)'`,
    );
    await follow(from, to);
    const [wanted, found] = [await factsOf(from), await factsOf(to)];
    expect(found).toEqual({ ...wanted, noAcl: false, comment: null });
    expect(wanted["noAcl"]).toBe(true);
  });

  it("works for a restore role that is no superuser but a member of the owner", async () => {
    const owner = await bench.role("", "owner");
    const app = await bench.role("", "app");
    const restorer = await bench.role(`createdb in role ${identifier(owner.name)}`, "restorer");
    const from = await bench.make(undefined, owner.name);
    const to = await bench.make(undefined, restorer.name);
    const f = identifier(from);
    await bench.admin(`alter database ${f} set search_path to app, public; revoke all on database ${f} from public`);
    await bench.admin(
      `grant connect on database ${f} to ${identifier(app.name)}, ${identifier(restorer.name)}; comment on database ${f} is 'x'`,
    );
    await follow(from, to, restorer.address);
    expect(await factsOf(to)).toEqual(await factsOf(from));
  });

  it("says all that may not be set, and then sets nothing", async () => {
    const owner = await bench.role("", "owner");
    const app = await bench.role("", "app");
    const restorer = await bench.role(`createdb in role ${identifier(owner.name)}`, "restorer");
    const from = await bench.make(undefined, owner.name);
    const to = await bench.make(undefined, restorer.name);
    const before = await factsOf(to);
    await bench.admin(
      `alter database ${identifier(from)} set log_min_duration_statement to 5; comment on database ${identifier(from)} is 'x'`,
    );
    await bench.admin(`alter role ${identifier(app.name)} in database ${identifier(from)} set work_mem to '1MB'`);
    const failed = follow(from, to, restorer.address);
    await expect(failed).rejects.toMatchObject({ code: "follow-failed" });
    await expect(failed).rejects.toThrow(/settings: .*log_min_duration_statement/);
    await expect(failed).rejects.toThrow(new RegExp(`settings of ${app.name}`));
    expect(await factsOf(to)).toEqual(before);
  });

  it("takes hostile names, tells what it cannot carry, and refuses what is missing or a catalogue", async () => {
    const to = await bench.make();
    for (const name of hostileNames("t").slice(0, 6)) {
      const from = await bench.make(name);
      await bench.admin(`alter database ${identifier(from)} set work_mem to '3MB'`);
      await follow(from, to);
      expect(await factsOf(to)).toEqual(await factsOf(from));
    }
    const template = await bench.make();
    await bench.admin(`alter database ${identifier(template)} is_template true`);
    await follow(template, to);
    await bench.admin(`alter database ${identifier(template)} is_template false`);
    expect(bench.fixture.logged.join("\n")).toMatch(/warning .*is a template/);
    await expect(follow("nothing here", to)).rejects.toMatchObject({ code: "target-missing", params: { database: "nothing here" } });
    const inside = await bench.session(to);
    await inside.unsafe("create schema lifeboat; create table lifeboat.installation (id text)");
    await expect(follow(template, to)).rejects.toMatchObject({ code: "target-is-catalogue" });
    await expect(follow(to, template)).rejects.toMatchObject({ code: "target-is-catalogue" });
  });
}

describe("Following a database", () => {
  describeOn(15, suite);
  describeOn(17, suite);
});
