import { randomBytes } from "node:crypto";
import type { TestServer } from "#lib/testing/postgres";

/** Roles are of a whole server: those of one test file have its mark. */
export const mark = randomBytes(4).toString("hex");
export const [owner, clerk, reader] = [`owner_${mark}`, `clerk_${mark}`, `reader_${mark}`];
export const readerPassword = randomBytes(16).toString("hex");

/** A database with something for every check to look at; what is not in order in it is so on purpose. */
export const schema = `
  create extension citext;
  create table alembic_version (version_num varchar(32) primary key);
  insert into alembic_version values ('abc123');
  create table customers (id int generated always as identity primary key, name text not null, seen_at timestamptz not null);
  insert into customers (name, seen_at) select 'customer ' || i, now() - interval '2 hours' from generate_series(1, 100) i;
  create table orders (id serial primary key, customer_id int not null constraint orders_customer_fkey references customers, total numeric not null
    constraint orders_total_check check (total >= 0));
  insert into orders (customer_id, total) select 1 + i % 50, i from generate_series(1, 200) i;
  create index orders_customer_idx on orders (customer_id);
  create view busy as select customer_id, count(*) from orders group by 1;
  create function shout(t text) returns text language sql as 'select upper(t)';
  create table notes (customer_id int, body text);
  insert into notes values (9999, 'of a customer long gone');
  alter table notes add constraint notes_customer_fkey foreign key (customer_id) references customers not valid;
  create table parts (id bigint, day date) partition by range (day);
  create table parts_2025 partition of parts for values from ('2025-01-01') to ('2026-01-01');
  insert into parts values (1, '2025-05-05');
  alter table orders owner to ${owner};
  grant select, insert (customer_id) on orders to ${clerk};
  grant all on customers to ${clerk};
  grant usage on schema public to ${clerk};
  alter default privileges for role ${owner} in schema public grant select on tables to ${clerk};
`;
/** What no dump of a database carries. */
export const properties = (name: string) => [
  `alter database "${name}" owner to ${owner}`,
  `grant connect on database "${name}" to ${clerk} with grant option`,
  `alter database "${name}" set work_mem to '9MB'`,
  `comment on database "${name}" is 'of the shop'`,
];

export async function makeRoles(server: TestServer): Promise<void> {
  await server.admin().unsafe(`create role ${owner}; create role ${clerk}`).simple();
}
