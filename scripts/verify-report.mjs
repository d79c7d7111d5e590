#!/usr/bin/env node
/**
 * Checks signed drill reports without Lifeboat: needs nothing but Node 20 or newer. docs/drill-report.md describes the format.
 *
 *   node scripts/verify-report.mjs --key report-keys.pem report1.json [report2.json …]
 *
 * `--key` names a file with one or more public keys (PEM); it may be given more than once. Take it from Lifeboat when the reports are made and keep it
 * apart from them. Several reports are checked as a chain, in the order in which they are given.
 *
 * Ends with 0 when every report is genuine and the chain has no gap, with 1 when something is wrong with a report or the chain, and with 2 when it could
 * not look: wrong arguments, a file that cannot be read, no usable key.
 */
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const usage = "usage: node verify-report.mjs --key <public-keys.pem> [--key …] <report.json> [<report.json> …]";
const noReport = "0".repeat(64);

class CannotLook extends Error {}

function main(args) {
  const { keyFiles, reportFiles } = readArguments(args);
  const keys = new Map(keyFiles.flatMap(readKeys));
  const reports = reportFiles.map((file) => inspect(file, keys));
  for (const { file, report, problems } of reports) {
    console.log(`${problems.length === 0 ? "ok   " : "WRONG"} ${file}${report === null ? "" : `: ${describe(report)}`}`);
    for (const problem of problems) console.log(`      - ${problem}`);
  }
  const broken = chainProblems(reports.filter(({ report }) => report !== null));
  for (const problem of broken) console.log(`WRONG chain: ${problem}`);
  const wrong = reports.filter(({ problems }) => problems.length > 0).length;
  if (wrong === 0 && broken.length === 0) {
    console.log(
      reports.length === 1 ? "The report is genuine." : `All ${reports.length} reports are genuine, and none between them is missing.`,
    );
    return 0;
  }
  const parts = [];
  if (wrong > 0) parts.push(`${wrong} of ${reports.length} ${reports.length === 1 ? "report" : "reports"} cannot be trusted`);
  if (broken.length > 0) parts.push("the chain is broken");
  console.log(`${capital(parts.join(", and "))}.`);
  return 1;
}

function readArguments(args) {
  const keyFiles = [];
  const reportFiles = [];
  for (let at = 0; at < args.length; at += 1) {
    if (args[at] === "--key") keyFiles.push(args[(at += 1)]);
    else if (args[at].startsWith("--")) throw new CannotLook(`unknown option ${args[at]}\n${usage}`);
    else reportFiles.push(args[at]);
  }
  if (keyFiles.length === 0 || keyFiles.includes(undefined) || reportFiles.length === 0) throw new CannotLook(usage);
  return { keyFiles, reportFiles };
}

function readFile(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CannotLook(`${file} cannot be read: ${error.message}`);
  }
}

/** Public keys of a file, by the id that is made from each: `sgk_` and 32 hex digits of the SHA-256 of its DER form. */
function readKeys(file) {
  const text = readFile(file).toString("utf8");
  if (text.includes("PRIVATE KEY")) throw new CannotLook(`${file} holds a private key: reports are checked with the public one`);
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g);
  if (blocks === null) throw new CannotLook(`${file} holds no public key (PEM)`);
  return blocks.map((pem) => {
    let key;
    try {
      key = createPublicKey(pem);
    } catch (error) {
      throw new CannotLook(`${file} holds a damaged public key: ${error.message}`);
    }
    if (key.asymmetricKeyType !== "ed25519")
      throw new CannotLook(`${file} holds a key of type ${key.asymmetricKeyType}; reports are signed with Ed25519`);
    const der = key.export({ type: "spki", format: "der" });
    return [`sgk_${createHash("sha256").update(der).digest("hex").slice(0, 32)}`, key];
  });
}

/** What is wrong with one file, looked at alone. `report` is null when the file is none. */
function inspect(file, keys) {
  const bytes = readFile(file);
  let text;
  let signed;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    signed = JSON.parse(text);
  } catch (error) {
    return { file, report: null, problems: [`it is not JSON in UTF-8: ${error.message}`] };
  }
  const shape = shapeProblem(signed);
  if (shape !== null) return { file, report: null, problems: [shape] };
  const { report, sha256, signature } = signed;
  const problems = [];
  let canonical;
  try {
    canonical = canonicalJson(report);
    const whole = canonicalJson(signed);
    if (whole !== text)
      problems.push(`it is not in canonical form from character ${firstDifference(whole, text)} on: it was edited or saved anew`);
  } catch (error) {
    return { file, report: null, problems: [`it holds what no report holds: ${error.message}`] };
  }
  const extra = [
    ...Object.keys(signed).filter((name) => !envelopeNames.has(name)),
    ...Object.keys(signature).filter((name) => !signatureNames.has(name)),
  ];
  if (extra.length > 0) problems.push(`it has members that are not part of the format: ${extra.join(", ")}`);
  const actual = createHash("sha256").update(canonical, "utf8").digest("hex");
  if (actual !== sha256)
    problems.push(`its content was changed, or its hash: SHA-256 of the content is ${actual}, the file says ${sha256}`);
  return { file, report, sha256: actual, problems: [...problems, ...signatureProblems(canonical, signature, keys)] };
}

/** Two sets: a name of the one level has no business on the other, where nothing signs it. */
const envelopeNames = new Set(["report", "sha256", "signature"]);
const signatureNames = new Set(["algorithm", "keyId", "value"]);

function shapeProblem(signed) {
  const isText = (value) => typeof value === "string";
  const { report, sha256, signature } = signed ?? {};
  if (report?.format !== "lifeboat-drill-report") return "it is no drill report of Lifeboat";
  if (report.formatVersion !== 1) return `its format version is ${JSON.stringify(report.formatVersion)}; this program knows version 1`;
  if (!isText(sha256) || !isText(signature?.keyId) || !isText(signature.value)) return "it has no hash or no signature";
  if (signature.algorithm !== "Ed25519") return `it is signed with ${JSON.stringify(signature.algorithm)}, not with Ed25519`;
  if (!Number.isSafeInteger(report.sequence) || report.sequence < 1 || !isText(report.previousSha256)) return "it has no place in a chain";
  return null;
}

function signatureProblems(canonical, { keyId, value }, keys) {
  const key = keys.get(keyId);
  if (key === undefined) return [`it is signed with the key ${keyId}; given: ${[...keys.keys()].join(", ")}`];
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== 64 || bytes.toString("base64") !== value) return ["its signature is not 64 bytes in base64"];
  if (!verify(null, Buffer.from(canonical, "utf8"), key, bytes)) return [`the signature is not one of this content by the key ${keyId}`];
  return [];
}

/** What is wrong between reports that follow each other. */
function chainProblems(reports) {
  const problems = [];
  for (const { file, report } of reports) {
    if (report.sequence === 1 && report.previousSha256 !== noReport) problems.push(`${file} is report 1, yet names one before it`);
    if (report.sequence > 1 && report.previousSha256 === noReport)
      problems.push(`${file} is report ${report.sequence}, yet names none before it`);
  }
  for (let at = 1; at < reports.length; at += 1) problems.push(...pairProblems(reports[at - 1], reports[at]));
  return problems;
}

function pairProblems(before, after) {
  const [first, second] = [before.report.sequence, after.report.sequence];
  const [left, right] = [`report ${first} (${basename(before.file)})`, `report ${second} (${basename(after.file)})`];
  if (before.report.installationId !== after.report.installationId) return [`${left} and ${right} are of different installations`];
  if (second === first) return [`${left} and ${right} have the same number`];
  if (second < first) return [`${left} stands before ${right}: swapped, or given in another order than they were written`];
  if (second > first + 1) {
    const missing = second === first + 2 ? `report ${first + 1} is` : `reports ${first + 1} to ${second - 1} are`;
    return [`${missing} missing between ${left} and ${right}`];
  }
  if (after.report.previousSha256 !== before.sha256) {
    return [`${right} was not written after ${left}: it names ${after.report.previousSha256}, which has the hash ${before.sha256}`];
  }
  return [];
}

function describe({ sequence, source, verdict, writtenAt }) {
  return `report ${sequence} of ${JSON.stringify(source?.name ?? "?")}, ${verdict}, written ${writtenAt}`;
}

/** RFC 8785: members by the UTF-16 code units of their names, no white space, strings and numbers as ECMAScript writes them. */
function canonicalJson(value) {
  if (typeof value === "string" && !value.isWellFormed()) throw new TypeError("a text with half a surrogate pair");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name])}`).join(",")}}`;
}

function firstDifference(left, right) {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at + 1;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CannotLook)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
