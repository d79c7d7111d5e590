import type { z } from "zod";
import { createRestore } from "#lib/contracts/restores";

type Order = z.input<typeof createRestore.body>;

/** A restore as its verbs get it from the edge: parsed, so that what is left out has its default. */
export function restoreOrder<T extends Order>(
  order: T,
): z.output<typeof createRestore.body> & Pick<T, keyof T & ("backupId" | "serverId" | "database")> {
  return { ...order, ...createRestore.body.parse(order) };
}
