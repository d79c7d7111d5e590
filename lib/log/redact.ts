const mask = "•••";
const secretKey = /pass(word|wd|phrase)?|secret|token|authorization|cookie|sealed|api[-_]?key/i;
/** A bounded scheme keeps the search linear: a tool may print a line of 16 KiB without a space. Tried only where `://` stands. */
const urlPassword = /([a-z][a-z0-9+.-]{0,40}:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const assignedPassword = /\b(password|passwd|PGPASSWORD)(\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s,;)]+)/gi;

/** API tokens (`lbt_`), tokens of one-time links (`lbl_`) and keys of public status addresses (`lbs_`): made recognisable so that they can be found, and masked, wherever they stand. */
const ownToken = /(lb[tls]_)[A-Za-z0-9_-]{40,}/g;

const known = new Set<string>();

/**
 * Remembers a secret's value for the life of the process, so that it never leaves in a text, whoever echoed it.
 * Values shorter than four characters are not remembered: masking them would eat ordinary words.
 */
export function rememberSecret(value: string): void {
  if (value.length >= 4) known.add(value);
}

/** Masks remembered secrets, our own tokens, passwords in URLs and `password=…` in a text. */
export function redactText(text: string): string {
  let result = text;
  for (const secret of known) result = result.replaceAll(secret, mask);
  if (result.includes("lb")) result = result.replace(ownToken, `$1${mask}`);
  if (result.includes("://")) result = result.replace(urlPassword, `$1:${mask}@`);
  return result.replace(assignedPassword, `$1$2${mask}`);
}

/** A document as JSON in which every text is redacted: masking what is serialised already would take quotes and digits with it. */
export function redactedJson(document: object): string {
  return JSON.stringify(document, (_key, item: unknown) => (typeof item === "string" ? redactText(item) : item));
}

/** Masks values whose key names a secret, at any depth, and redacts every text in a value. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value !== "object" || depth > 8) return value;
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) && typeof item === "string" ? mask : redactValue(item, depth + 1),
    ]),
  );
}
