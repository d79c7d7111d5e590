import { and, isNull, sql } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/notifications";
import { channels } from "#lib/db/schema/channels";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { countCapped, keysetAfter, keysetOrderBy, type KeysetOrder, pageRows } from "../keyset.ts";
import { loadChannelFacts, toChannelDto } from "./dto.ts";

const newestFirst: KeysetOrder = {
  sort: "-createdAt",
  column: channels.createdAt,
  id: channels.id,
  direction: "descending",
  cast: "timestamptz",
};

/** Channels, newest first; removed ones are left out. */
export async function listChannels(
  context: ServiceContext,
  input: EndpointInput<typeof contract.listChannels>,
): Promise<EndpointOutput<typeof contract.listChannels>> {
  authorise(context, "notifications:manage");
  const { type, limit, after } = input.query;
  const where = and(isNull(channels.removedAt), type === undefined ? undefined : sql`${channels.config} ->> 'type' = ${type}`);
  const [found, counted] = await Promise.all([
    context.db
      .select()
      .from(channels)
      .where(and(where, keysetAfter(newestFirst, after)))
      .orderBy(...keysetOrderBy(newestFirst))
      .limit(limit + 1),
    countCapped(context.db, sql`${channels}`, where),
  ]);
  const page = pageRows(found, limit, newestFirst, (row) => ({ value: row.createdAt.toISOString(), id: row.id }));
  const facts = await loadChannelFacts(
    context.db,
    page.rows.map(({ id }) => id),
  );
  return { items: page.rows.map((row) => toChannelDto(row, context.keyring, facts.get(row.id))), next: page.next, ...counted };
}
