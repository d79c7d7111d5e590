import { LifeboatError } from "#lib/domain/error";

const part = /^[A-Za-z0-9][A-Za-z0-9._~-]*$/;
const maxKeyBytes = 900;
const maxPartBytes = 240;

/** True for `/`-separated parts of letters, digits, `.`, `_`, `~` and `-`, none of which begins with a dot. */
export function isStorageKey(key: string): boolean {
  return key.length <= maxKeyBytes && key.split("/").every((name) => name.length <= maxPartBytes && part.test(name) && !name.endsWith("."));
}

/** Throws `invalid-input` for anything that could name something outside the destination. */
export function assertStorageKey(key: string): void {
  if (!isStorageKey(key)) throw new LifeboatError("invalid-input", { issues: `not a storage key: ${JSON.stringify(key.slice(0, 200))}` });
}

const tokenForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** Throws `invalid-input` for a token that could not stand in a temporary name. */
export function assertToken(token: string): void {
  if (!tokenForm.test(token))
    throw new LifeboatError("invalid-input", { issues: `not a write token: ${JSON.stringify(token.slice(0, 200))}` });
}
