import { desc, eq } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import type { EndpointInput, EndpointOutput } from "#lib/contracts/endpoint";
import type * as contract from "#lib/contracts/fingerprints";
import { fingerprints } from "#lib/db/schema/fingerprints";
import { sources } from "#lib/db/schema/sources";
import { proposedSettings } from "#lib/domain/fingerprint";
import { recordAudit } from "../audit/record.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { refuseStale, requireVersion } from "../require-version.ts";
import { lockSource } from "../sources/load.ts";
import { judgeDay, type JudgedSource, tellFindings } from "./judge.ts";

/**
 * Changes what the daily fingerprint watches, and judges the newest one again by it: what somebody leaves alone from now on is not told any more.
 * Throws `not-found`, `version-required`, `version-conflict`.
 */
export async function updateFingerprintSettings(
  context: ServiceContext,
  input: EndpointInput<typeof contract.updateFingerprintSettings>,
): Promise<EndpointOutput<typeof contract.updateFingerprintSettings>> {
  authorise(context, "policies:write");
  const { id } = input.params;
  const expected = requireVersion(input.ifMatch);
  return context.db.transaction(async (tx) => {
    const row = await lockSource(tx, id);
    refuseStale("source", row.version, expected);
    const before = row.fingerprintSettings;
    const known = before ?? proposedSettings;
    const settings: contract.FingerprintSettings = {
      digests: input.body.digests ?? [...known.digests],
      growing: input.body.growing === undefined ? (known.growing === null ? null : [...known.growing]) : input.body.growing,
      ignored: input.body.ignored ?? [...known.ignored],
    };
    const version = row.version + 1;
    await tx.update(sources).set({ fingerprintSettings: settings, version, updatedAt: context.now() }).where(eq(sources.id, id));
    await recordAudit(tx, context, {
      action: "source.update",
      targetType: "source",
      targetId: id,
      targetName: row.name,
      before: { fingerprintSettings: before },
      after: { fingerprintSettings: settings },
    });
    await judgeAgain(tx, context, row, settings);
    return { settings, version };
  });
}

async function judgeAgain(
  tx: Transaction,
  context: ServiceContext,
  source: JudgedSource,
  settings: contract.FingerprintSettings,
): Promise<void> {
  const [newest] = await tx
    .select()
    .from(fingerprints)
    .where(eq(fingerprints.sourceId, source.id))
    .orderBy(desc(fingerprints.day))
    .limit(1);
  if (newest === undefined) return;
  const findings = await judgeDay(tx, newest, newest, settings);
  await tx.update(fingerprints).set({ findings }).where(eq(fingerprints.id, newest.id));
  await tellFindings(tx, context, source, { day: newest.day, findings });
}
