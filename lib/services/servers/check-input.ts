import { z } from "zod";
import { tlsModes } from "#lib/contracts/servers";

/**
 * Input of a `check-server` run, written by the verbs that start one (`checkServer`, `listServerDatabases`) and read again by its
 * executor. `serverId` is set when the answer is about the stored server as it is: then its row learns version and time.
 */
export const checkInput = z.object({
  serverId: z.string().nullable(),
  host: z.string(),
  port: z.number().int(),
  tlsMode: z.enum(tlsModes),
  tlsCa: z.string(),
  username: z.string(),
  maintenanceDatabase: z.string(),
  /** Sealed with `sealedFor` as associated data: `passwordContext(serverId)` for a stored password, `probePasswordContext(runId)` for one just typed. */
  passwordSealed: z.string().nullable(),
  sealedFor: z.string(),
});
export type CheckInput = z.infer<typeof checkInput>;

/** Output of a `check-server` run. */
export const checkOutput = z.object({
  serverVersion: z.string().nullable(),
  databases: z.array(
    z.object({
      name: z.string(),
      sizeBytes: z.number().nullable(),
      owner: z.string(),
      encoding: z.string(),
      isCatalogue: z.boolean(),
      connectable: z.boolean(),
    }),
  ),
});
export type CheckOutput = z.infer<typeof checkOutput>;

/** Steps of a connection check, in order. */
export const checkSteps = ["resolve", "connect", "tls", "sign-in", "version", "privileges", "tools", "size", "databases"] as const;
