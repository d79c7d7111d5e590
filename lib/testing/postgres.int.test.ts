import { afterAll, expect, test } from "vitest";
import { loadSampleShop } from "#lib/clusters/sample-shop";
import { shopTemplates } from "./cluster-facts.ts";
import { createCatalogue, createEmptyDatabase, createShopDatabase, describeOn, testServer } from "./postgres.ts";

const drops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const drop of drops) await drop();
});

async function countRows(sql: Awaited<ReturnType<typeof createShopDatabase>>["sql"]): Promise<number> {
  const [row] = await sql`
    select (select count(*) from customers) + (select count(*) from products) + (select count(*) from orders) + (select count(*) from order_lines)
      + (select count(*) from events) + (select count(*) from changes) + (select count(*) from warehouse.stock)
      + (select count(*) from warehouse.deliveries) as rows`;
  return Number(row?.["rows"]);
}

test("the sample shop has at least 100,000 rows", async () => {
  const shop = await createShopDatabase(testServer(15), "normal");
  drops.push(shop.drop);
  expect(await countRows(shop.sql)).toBeGreaterThanOrEqual(100_000);
});

for (const slot of [15, 17] as const) {
  describeOn(slot, (server) => {
    test("a small shop is cloned with every kind of object in it", async () => {
      const shop = await createShopDatabase(server);
      drops.push(shop.drop);
      expect(await countRows(shop.sql)).toBeGreaterThan(1500);
      const kinds = await shop.sql`
        select distinct relkind::text from pg_class where relnamespace in ('public'::regnamespace, 'warehouse'::regnamespace) order by 1`;
      expect(kinds.map((row) => row["relkind"])).toEqual(["I", "S", "i", "m", "p", "r", "v"]);
      await shop.sql`call trade(40)`;
      const [later] = await shop.sql`select count(*)::int as rows from changes where was = 'shipped'`;
      expect(later?.["rows"]).toBeGreaterThan(0);
    });

    test("a database may have any name", async () => {
      const name = `x"; drop '-Fp ${slot}`;
      const database = await createEmptyDatabase(server, { name });
      drops.push(database.drop);
      const [row] = await database.sql`select current_database() as name`;
      expect(row?.["name"]).toBe(name);
    });
  });
}

test("a catalogue is migrated and apart from the others", async () => {
  const [first, second] = [await createCatalogue(), await createCatalogue()];
  drops.push(first.drop, second.drop);
  await first.catalogue.sql`insert into lifeboat.installation (id, created_at, last_seen_at) values ('ins_1', now(), now())`;
  expect(await second.catalogue.sql`select 1 from lifeboat.installation`).toHaveLength(0);
});

test("another load of the shop is equal row for row", async () => {
  const server = testServer(15);
  const [cloned, loaded] = [await createShopDatabase(server), await createEmptyDatabase(server)];
  drops.push(cloned.drop, loaded.drop);
  await loadSampleShop({ ...server, user: server.superuser, database: loaded.name }, shopTemplates.small.scale);
  const digests = async ({ sql }: typeof cloned) => sql`
    select md5(string_agg(c::text, '|' order by c.id)) as digest from customers c union all
    select md5(string_agg(p::text, '|' order by p.id)) from products p union all
    select md5(string_agg(o::text, '|' order by o.id)) from orders o union all
    select md5(string_agg(l::text, '|' order by l.order_id, l.line)) from order_lines l union all
    select md5(string_agg(e::text, '|' order by e.id)) from events e union all
    select md5(string_agg(c::text, '|' order by c.id)) from changes c union all
    select md5(string_agg(d::text, '|' order by d.id)) from warehouse.deliveries d`;
  expect(await digests(loaded)).toEqual(await digests(cloned));
});
