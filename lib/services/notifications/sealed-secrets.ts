import { rememberSecret } from "#lib/log/redact";
import type { ChannelSecrets } from "#lib/notify/port";
import type { Keyring } from "#lib/secrets/keyring";

/** Characters of a path that nobody guesses. */
const shortestSecretPath = 24;

/** Seals what a channel keeps secret for its row; null where there is nothing. From here on it is masked in every text of this process. */
export function sealSecrets(keyring: Keyring, secrets: ChannelSecrets, channelId: string): string | null {
  const kept = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== undefined && value !== ""));
  if (Object.keys(kept).length === 0) return null;
  rememberSecrets(kept);
  return keyring.seal(JSON.stringify(kept), channelId);
}

/** Opens them again. Throws `secret-key-missing`. */
export function openSecrets(keyring: Keyring, sealed: string | null, channelId: string): ChannelSecrets {
  if (sealed === null) return {};
  const secrets = JSON.parse(keyring.open(sealed, channelId)) as ChannelSecrets;
  rememberSecrets(secrets);
  return secrets;
}

function rememberSecrets({ url, token, password, signingKey }: ChannelSecrets): void {
  for (const value of [token, password, signingKey]) if (value !== undefined) rememberSecret(value);
  if (url === undefined || !URL.canParse(url)) return;
  const { pathname, search } = new URL(url);
  rememberSecret(url);
  // What makes the address a secret is behind the host. A short path is none, and may stand in every other text: `/lifeboat`.
  const rest = `${pathname}${search}`;
  if (rest.length >= shortestSecretPath) rememberSecret(rest);
}
