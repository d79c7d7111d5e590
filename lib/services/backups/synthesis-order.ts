import { z } from "zod";

/** Input of a `synthesize` run. `consolidate`: the full is verified and takes its chain's place; `removeOld`: the old chain is deleted then. */
export const synthesisOrder = z.object({
  backupId: z.string(),
  consolidate: z.boolean().default(false),
  removeOld: z.boolean().default(false),
});
export type SynthesisOrder = z.infer<typeof synthesisOrder>;
