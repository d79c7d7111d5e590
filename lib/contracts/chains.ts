import { z } from "zod";
import { backupKinds, backupOrigins } from "../domain/backup-state.ts";
import { meter } from "./backups.ts";
import { count, idOf, instant, pageOf, pageQuery, reason } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";
import { runDetail } from "./runs.ts";

/** `broken`: a member needs a pack that is not there, or is known as damaged; `retired`: nothing is built on it any more. */
export const chainStates = ["whole", "broken", "retired"] as const;

/** One backup of a chain. */
export const chainMember = z.object({
  id: idOf("backup"),
  kind: z.enum(backupKinds),
  origin: z.enum(backupOrigins),
  baseId: z.string().nullable(),
  parentId: z.string().nullable(),
  snapshotAt: instant,
  label: z.string(),
  meter,
  pinned: z.boolean(),
  fileName: z.string(),
  /** Bytes of the stream that it gives back, and bytes of the pack that it added to storage. */
  streamBytes: count,
  storedBytes: count,
  /** Other backups whose packs its recipe names, oldest first: what a restore reads beside its own pack. */
  needs: z.array(
    z.object({
      backupId: z.string(),
      /** False: the backup or its pack is gone; this member is broken by it. */
      present: z.boolean(),
      packKey: z.string(),
      readBytes: count,
      ranges: count,
    }),
  ),
  /** Members that need this one. */
  neededBy: z.array(z.string()),
  /** Why it cannot be restored; null when, as far as is known, it can. */
  broken: reason.nullable(),
  version: z.number().int(),
});
export type ChainMemberDto = z.infer<typeof chainMember>;

export const chain = z.object({
  id: idOf("chain"),
  sourceId: idOf("source"),
  sourceName: z.string(),
  state: z.enum(chainStates),
  createdAt: instant,
  retiredAt: instant.nullable(),
  supersededById: z.string().nullable(),
  averageSegmentBytes: count,
  members: count,
  brokenMembers: count,
  oldestAt: instant,
  newestAt: instant,
  streamBytes: count,
  storedBytes: count,
  /** Last `verify-chain` that ended with a verdict. */
  lastVerifiedAt: instant.nullable(),
});
export type ChainDto = z.infer<typeof chain>;

/** Members from the full on, in the order in which they were made. */
export const chainDetail = chain.extend({ rail: z.array(chainMember) });
export type ChainDetailDto = z.infer<typeof chainDetail>;

const byId = z.object({ id: idOf("chain") });

export const listChains = defineEndpoint({
  id: "listChains",
  method: "GET",
  path: "/chains",
  summary: "Chains, newest first; state=broken lists those with a member that cannot be restored",
  permission: "backups:read",
  query: pageQuery.extend({ source: idOf("source").optional(), state: z.enum(chainStates).optional() }),
  response: pageOf(chain),
});

export const getChain = defineEndpoint({
  id: "getChain",
  method: "GET",
  path: "/chains/{id}",
  summary: "One chain: its members, what each needs, what is saved, what is broken",
  permission: "backups:read",
  params: byId,
  response: chainDetail,
});

export const verifyChain = defineEndpoint({
  id: "verifyChain",
  method: "POST",
  path: "/chains/{id}/verify",
  summary: "Check every pack, decode every segment once, compare the root hash of every member",
  permission: "backups:verify",
  params: byId,
  response: runDetail,
  status: 202,
});

/** Makes a full out of the newest member, verifies it, and builds nothing on the old chain any more. */
export const consolidateChain = defineEndpoint({
  id: "consolidateChain",
  method: "POST",
  path: "/chains/{id}/consolidate",
  summary:
    "Make a synthetic full of the newest member and retire the chain; removeOld=true moves its members to the trash once the new one is verified",
  permission: "backups:create",
  params: byId,
  body: z.object({ removeOld: z.boolean().default(false) }),
  response: runDetail,
  status: 202,
});
