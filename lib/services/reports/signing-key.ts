import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { desc, sql } from "drizzle-orm";
import type { Transaction } from "#lib/db/client";
import { signingKeys } from "#lib/db/schema/signing-keys";
import { idPrefixes } from "#lib/domain/ids";
import { recordAudit } from "../audit/record.ts";
import type { ServiceContext } from "../context.ts";

/** Arbitrary and fixed: keys and reports are made one after the other. */
const reportLock = 5_402_371_201;

export type SigningKey = { readonly id: string; readonly privateKey: KeyObject };

/** Held until the transaction ends: who writes a report sees the one before it. */
export async function lockReports(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${reportLock})`);
}

/** A key's id is taken from the key itself (SHA-256 of its DER form), so that a file names its key and nobody can exchange the names. */
export function signingKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `${idPrefixes.signingKey}_${createHash("sha256").update(der).digest("hex").slice(0, 32)}`;
}

/** Makes the first key of an installation; where there is one already, nothing happens. */
export async function ensureSigningKey(context: ServiceContext): Promise<void> {
  await context.db.transaction(async (tx) => {
    await lockReports(tx);
    const [known] = await tx.select({ id: signingKeys.id }).from(signingKeys).limit(1);
    if (known === undefined) await makeSigningKey(tx, context);
  });
}

/** Makes a key that signs from now on; the public halves of older ones stay, their reports remain valid. Call under `lockReports`. */
export async function makeSigningKey(tx: Transaction, context: ServiceContext): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const id = signingKeyId(publicKey);
  await tx.insert(signingKeys).values({
    id,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sealedPrivateKey: context.keyring.seal(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), id),
    createdAt: context.now(),
  });
  await recordAudit(tx, context, { action: "report-key.create", targetType: "report-key", targetId: id });
  return id;
}

/**
 * The newest key, opened. Throws `secret-key-missing` { keyId } when the installation's key is not the one that it was sealed with: bring the key
 * file back, or make a new signing key. Call under `lockReports`.
 */
export async function openSigningKey(tx: Transaction, context: ServiceContext): Promise<SigningKey> {
  const [newest] = await tx.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.id)).limit(1);
  if (newest === undefined) {
    await makeSigningKey(tx, context);
    return openSigningKey(tx, context);
  }
  const privateKey = createPrivateKey(context.keyring.open(newest.sealedPrivateKey, newest.id));
  // The row's own public key would let whoever can write rows sign with another one unnoticed.
  if (signingKeyId(createPublicKey(privateKey)) !== newest.id) throw new Error(`the signing key ${newest.id} is not the one of its row`);
  return { id: newest.id, privateKey };
}
