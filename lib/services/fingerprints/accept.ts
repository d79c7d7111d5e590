import { desc, eq } from "drizzle-orm";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/fingerprints";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { isDivergence, isSameThing } from "#lib/domain/fingerprint";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { lockSource } from "../sources/load.ts";
import { tellFindings } from "./judge.ts";

/**
 * Writes down that findings of a source's newest fingerprint were meant: they are told no more, on the days to come neither, unless more is lost. Each is
 * named, so that nobody accepts what came after they looked. Throws `not-found`.
 */
export async function acceptFingerprint(
  context: ServiceContext,
  input: EndpointInput<typeof contract.acceptFingerprint>,
): Promise<EndpointOutput<typeof contract.acceptFingerprint>> {
  authorise(context, "policies:write");
  const { id } = input.params;
  return context.db.transaction(async (tx) => {
    const source = await lockSource(tx, id);
    const [newest] = await tx.select().from(fingerprints).where(eq(fingerprints.sourceId, id)).orderBy(desc(fingerprints.day)).limit(1);
    if (newest === undefined) return { accepted: 0 };
    const isNamed = (finding: (typeof newest.findings)[number]) => input.body.findings.some((named) => isSameThing(named, finding));
    const accepted = newest.findings.filter((finding) => isDivergence(finding) && isNamed(finding));
    if (accepted.length === 0) return { accepted: 0 };
    const findings = newest.findings.map((finding) => (accepted.includes(finding) ? { ...finding, accepted: true } : finding));
    await tx.update(fingerprints).set({ findings }).where(eq(fingerprints.id, newest.id));
    await recordAudit(tx, context, {
      action: "source.fingerprint-accept",
      targetType: "source",
      targetId: id,
      targetName: source.name,
      after: { day: newest.day, accepted },
    });
    await tellFindings(tx, context, source, { day: newest.day, findings });
    return { accepted: accepted.length };
  });
}
