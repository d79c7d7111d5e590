import { and, isNotNull, isNull } from "drizzle-orm";
import { describeReason } from "#lib/contracts/describe-reason";
import type { EndpointInput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/sources";
import { sources } from "#lib/db/schema/sources";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { askAboutFile } from "./ask-file.ts";

/** Looks at a file or folder of the worker's host before it becomes a source. Throws what `askAboutFile` throws. */
export async function checkFile(context: ServiceContext, input: EndpointInput<typeof contract.checkFile>): Promise<contract.CheckFileDto> {
  authorise(context, "sources:write");
  const found = await askAboutFile(context, input.body.path ?? null);
  const known = await context.db
    .select({ name: sources.name, path: sources.path })
    .from(sources)
    .where(and(isNotNull(sources.path), isNull(sources.removedAt)));
  const protectedBy = new Map(known.map((row) => [row.path, row.name]));
  return {
    ...found,
    files: found.files.map((file) => ({ ...file, protectedBy: protectedBy.get(file.path) ?? null })),
    problem: found.problem === null ? null : describeReason(found.problem),
  };
}
