import { z } from "zod";

/** Input of a `scan-storage` run. `settle` null: storage is compared with the catalogue; else these orphans are taken back or removed. */
export const scanOrder = z.object({
  settle: z
    .object({ action: z.enum(["import", "remove"]), keys: z.array(z.string()) })
    .nullable()
    .default(null),
});
export type ScanOrder = z.infer<typeof scanOrder>;
