import { eq, like, or, sql } from "drizzle-orm";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/servers";
import type { Transaction } from "#lib/db/client";
import { servers } from "#lib/db/schema/servers";
import { LifeboatError } from "#lib/domain/error";
import { makeId } from "#lib/domain/ids";
import { validateHost } from "#lib/domain/server-address";
import { freeSlug, slugOf } from "#lib/domain/slug";
import { rememberSecret } from "#lib/log/redact";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { isUniqueViolation } from "../unique-violation.ts";
import { auditedServer } from "./dto.ts";
import { loadServer } from "./load.ts";
import { passwordContext, restorePasswordContext } from "./secrets.ts";

/** Seals a password for its row; the empty one is none. From here on it is masked in every text of this process. */
export function sealPassword(context: ServiceContext, password: string, sealedFor: string): string | null {
  if (password === "") return null;
  rememberSecret(password);
  return context.keyring.seal(password, sealedFor);
}

/** One at a time until the transaction ends, so that two equal names do not choose the same slug. */
async function chooseSlug(tx: Transaction, name: string): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('lifeboat.server-slug', 0))`);
  const slug = slugOf(name, "server");
  const rows = await tx
    .select({ slug: servers.slug })
    .from(servers)
    .where(or(eq(servers.slug, slug), like(servers.slug, `${slug.slice(0, 30)}%`)));
  return freeSlug(slug, new Set(rows.map((row) => row.slug)));
}

/** Adds a server. Throws `server-duplicate` { name }, `address-invalid`, `address-forbidden`. Nothing is connected to. */
export async function createServer(
  context: ServiceContext,
  input: EndpointInput<typeof contract.createServer>,
): Promise<contract.ServerDto> {
  authorise(context, "servers:write");
  const { password, restorePassword, ...fields } = input.body;
  validateHost(fields.host);
  const id = makeId("server", context.newUuid());
  const now = context.now();
  try {
    return await context.db.transaction(async (tx) => {
      const [row] = await tx
        .insert(servers)
        .values({
          ...fields,
          id,
          slug: await chooseSlug(tx, fields.name),
          passwordSealed: sealPassword(context, password, passwordContext(id)),
          restorePasswordSealed: sealPassword(context, restorePassword, restorePasswordContext(id)),
          createdAt: now,
          updatedAt: now,
        })
        .returning();
      if (row === undefined) throw new Error("the insert returned no row");
      await recordAudit(tx, context, {
        action: "server.create",
        targetType: "server",
        targetId: id,
        targetName: row.name,
        after: auditedServer(row),
      });
      return loadServer(tx, id);
    });
  } catch (error) {
    if (isUniqueViolation(error, "servers_name_key")) throw new LifeboatError("server-duplicate", { name: fields.name }, { cause: error });
    throw error;
  }
}
