import type { z } from "zod";
import { createRestore } from "#lib/contracts/restores";

/** A restore as its verbs get it from the edge: parsed, so that what is left out has its default. */
export function restoreOrder(order: z.input<typeof createRestore.body>): z.output<typeof createRestore.body> {
  return createRestore.body.parse(order);
}
