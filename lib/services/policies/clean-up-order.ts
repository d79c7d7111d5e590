import { z } from "zod";

/** Input of a `clean-up` run. `purgeOnly`: the policy is not asked; only what waited in the trash long enough goes. */
export const cleanUpOrder = z.object({ purgeOnly: z.boolean().default(false) });
export type CleanUpOrder = z.infer<typeof cleanUpOrder>;
