-- The database that is measured: mixed types, indexes, one table (events) of about 60 %. Data is reproducible: no random().
-- :scale 1 makes a dump of about 750 MB. `words` turns a number into text that compresses as text does.
create function words(seed bigint, how_many int) returns text language sql immutable parallel safe as $$
  select string_agg((array['invoice','customer','shipped','pending','harbour','north','delivery','quantity','lifeboat','return',
    'address','payment','warehouse','signal','weather','station','archive','morning','account','ticket','window','garden','copper',
    'silver','market','engine','bridge','river','letter','number','paper','stone'])[1 + ((seed * 2654435761 + i * 40503 + seed / (i + 3)) & 31)], ' ')
  from generate_series(1, how_many) as i
$$;
create type mood as enum ('calm', 'busy', 'storm');
create table customers (id bigint primary key, name text not null, email text not null unique, city text, balance numeric(12, 2) not null,
  born date, is_active boolean not null, tags text[] not null, created_at timestamptz not null);
create table events (id bigint primary key, customer_id bigint not null, at timestamptz not null, kind text not null, state mood not null,
  amount numeric(12, 2), ratio double precision, session uuid not null, address inet, payload jsonb not null, note text);
create table documents (id bigint primary key, customer_id bigint not null, title text not null, body text not null, checksum bytea not null);
create table measurements (device int not null, at timestamptz not null, value real not null, low double precision, high double precision,
  flags bit(8) not null, primary key (device, at));

insert into customers select i, initcap(words(i, 2)), 'user' || i || '@example.org', (array['Lisbon','Bergen','Cork','Genoa','Riga'])[1 + i % 5],
  (i * 7919 % 10000000) / 100.0, date '1950-01-01' + (i * 31 % 20000)::int, i % 3 > 0, array[words(i, 1), words(i + 1, 1)],
  timestamptz '2020-01-01' + i * interval '7 minutes'
  from generate_series(1, (175000 * :scale)::bigint) as i;
insert into events select i, 1 + i * 7919 % (175000 * :scale)::bigint, timestamptz '2024-01-01' + i * interval '3.7 seconds',
  (array['login','order','refund','view','export'])[1 + i * i % 5], (enum_range(null::mood))[1 + i % 3], (i * 104729 % 100000000) / 100.0,
  sqrt(i::double precision), md5(i::text)::uuid, ('10.' || i % 200 || '.' || i * 7 % 250 || '.' || i * 13 % 250)::inet,
  jsonb_build_object('item', i * 31 % 40000, 'quantity', i % 9, 'path', '/shop/' || words(i, 2), 'ok', i % 7 > 0), case when i % 4 = 0 then words(i, 9) end
  from generate_series(1, (1900000 * :scale)::bigint) as i;
insert into documents select i, 1 + i * 31 % (175000 * :scale)::bigint, words(i, 4), words(i, 300 + (i % 500)::int), sha256(i::text::bytea)
  from generate_series(1, (31000 * :scale)::bigint) as i;
insert into measurements select i % 500, timestamptz '2025-01-01' + i * interval '1 second', sin(i / 1000.0), i / 7.0, i / 3.0, (i % 256)::int::bit(8)
  from generate_series(1, (1950000 * :scale)::bigint) as i;

create index events_customer_idx on events (customer_id, at);
create index events_kind_idx on events (kind, state) where kind <> 'view';
create index events_payload_idx on events using gin (payload jsonb_path_ops);
create index documents_customer_idx on documents (customer_id);
create index measurements_at_idx on measurements using brin (at);
alter table events add constraint events_customer_fkey foreign key (customer_id) references customers;
alter table documents add constraint documents_customer_fkey foreign key (customer_id) references customers;
analyze;
