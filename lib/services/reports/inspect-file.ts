import { createPublicKey, type KeyObject } from "node:crypto";
import { type ReportProblem, signedReport, type SignedReport } from "#lib/contracts/drill-reports";
import { canonicalJson, type Json } from "#lib/domain/canonical-json";
import { isSignedBy, sha256Of } from "./chain.ts";

/** Public halves by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

export type Inspected = {
  readonly problems: readonly ReportProblem[];
  /** What the file says; null when it cannot be read. */
  readonly signed: SignedReport | null;
  /** The canonical text of its report. */
  readonly canonical: string | null;
};

/** The file that auditors get: the canonical form of report, hash and signature, without a line break at the end. */
export function signedFileText(row: { canonical: string; sha256: string; keyId: string; signature: string }): string {
  const signature = canonicalJson({ algorithm: "Ed25519", keyId: row.keyId, value: row.signature });
  return `{"report":${row.canonical},"sha256":${canonicalJson(row.sha256)},"signature":${signature}}`;
}

/** Looks at a file alone: form, hash and signature. Where it stands in the chain is for the catalogue to say. */
export function inspectFile(text: string, keys: PublicKeys): Inspected {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { problems: ["not-json"], signed: null, canonical: null };
  }
  const parsed = signedReport.safeParse(raw);
  const canonical = parsed.success ? canonicalOf((raw as { report: Json }).report) : null;
  if (!parsed.success || canonical === null) return { problems: ["not-a-report"], signed: null, canonical: null };
  const signed = parsed.data;
  const { keyId, value } = signed.signature;
  const isCanonical = signedFileText({ canonical, sha256: signed.sha256, keyId, signature: value }) === text;
  const problems: ReportProblem[] = isCanonical ? [] : ["not-canonical"];
  return {
    problems: [...problems, ...inspectSignature({ canonical, sha256: signed.sha256, keyId, signature: value }, keys)],
    signed,
    canonical,
  };
}

/** What is wrong with a report's hash and signature. */
export function inspectSignature(
  row: { canonical: string; sha256: string; keyId: string; signature: string },
  keys: PublicKeys,
): ReportProblem[] {
  const problems: ReportProblem[] = sha256Of(row.canonical) === row.sha256 ? [] : ["hash"];
  const key = keys.get(row.keyId);
  if (key === undefined) return [...problems, "key-unknown"];
  return isSignedBy(row.canonical, row.signature, key) ? problems : [...problems, "signature"];
}

/** A key as PEM; null for what is none. */
export function readPublicKey(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

function canonicalOf(value: Json): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}
