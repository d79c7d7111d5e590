import { z } from "zod";
import type { ErrorCode, Params } from "../domain/error.ts";
import { errorCategories } from "../domain/error-codes.ts";
import { idPrefixes, type Entity } from "../domain/ids.ts";

/** An id of one entity: prefix, underscore, 32 hex digits. */
export function idOf(entity: Entity) {
  return z.string().regex(new RegExp(`^${idPrefixes[entity]}_[0-9a-f]{32}$`), `an id like ${idPrefixes[entity]}_…`);
}

/** UTC instant as ISO 8601 with milliseconds. */
export const instant = z.iso.datetime();

/** A count or a number of bytes: a whole number that JavaScript holds exactly. */
export const count = z.number().int().nonnegative();

export const errorCode = z.enum(Object.keys(errorCategories) as [ErrorCode, ...ErrorCode[]]);

export const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) satisfies z.ZodType<Params>;

/** What happened, as data; `message` and `hint` are its English text, pages render `code` and `params` in the reader's language. */
export const reason = z.object({ code: errorCode, params, message: z.string(), hint: z.string() });
export type ReasonDto = z.infer<typeof reason>;

/** RFC 9457 problem. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: errorCode,
  params,
  detail: z.string(),
  hint: z.string(),
  requestId: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;

/** Query of every list: keyset pagination. `after` is the opaque cursor of the page before. */
export const pageQuery = z.object({
  after: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** A page of a list. `total` is counted up to 10,000; `totalCapped` says that there are more. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable(), total: count, totalCapped: z.boolean() });
}

/** How a deletion is meant: by the trash, where it can be taken back, unless somebody says that it is to go at once and for good. */
export const removalWhen = z.enum(["trash", "now"]).default("trash");

/** Free text of people: trimmed, no control characters but line breaks. */
export function text(max: number) {
  return (
    z
      .string()
      .trim()
      .max(max)
      // oxlint-disable-next-line no-control-regex
      .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]*$/u, "no control characters")
  );
}

/** An exact name as PostgreSQL holds it: any character but NUL, at most 63 bytes of UTF-8. Never a pattern. */
export const postgresName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\u0000]*$/u, "no NUL")
  .refine((name) => new TextEncoder().encode(name).length <= 63, "at most 63 bytes");

/** Who did something, as shown in lists. */
export const actorRef = z.object({
  type: z.enum(["user", "token", "system"]),
  id: z.string().nullable(),
  name: z.string(),
});
export type ActorRef = z.infer<typeof actorRef>;
