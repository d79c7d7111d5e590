import type { ChannelConfig } from "#lib/contracts/notifications";
import { LifeboatError } from "#lib/domain/error";
import { validateHost } from "#lib/domain/server-address";
import type { ChannelSecrets } from "#lib/notify/port";

const needed = {
  email: null,
  slack: "url",
  discord: "url",
  telegram: "token",
  teams: "url",
  ntfy: null,
  webhook: "url",
  healthchecks: "url",
} as const satisfies Record<ChannelConfig["type"], keyof ChannelSecrets | null>;

/**
 * Checks that a channel can be used, without connecting to anything, and answers the host of its secret address (null for types that have none).
 * Throws `channel-incomplete` { field }, `address-invalid`, `address-forbidden` for link-local and metadata addresses, `invalid-input` for a password in the clear.
 */
export function checkChannel(config: ChannelConfig, secrets: ChannelSecrets): string | null {
  const field = needed[config.type];
  if (field !== null && (secrets[field] ?? "") === "") throw new LifeboatError("channel-incomplete", { field });
  switch (config.type) {
    case "email":
      validateHost(config.host);
      if (config.username !== "" && (secrets.password ?? "") === "") throw new LifeboatError("channel-incomplete", { field: "password" });
      if (config.username !== "" && config.security === "none" && !isThisHost(config.host)) {
        throw new LifeboatError("invalid-input", { issues: "security: a password goes in the clear to a relay of this host alone" });
      }
      return null;
    case "telegram":
      return hostOf(config.apiOrigin, "apiOrigin", false);
    case "ntfy":
      return hostOf(config.server, "server", false);
    case "slack":
    case "discord":
    case "teams":
    case "webhook":
    case "healthchecks":
      return hostOf(secrets.url ?? "", "url", true);
    default:
      return config satisfies never;
  }
}

function isThisHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function hostOf(address: string, field: string, shown: boolean): string | null {
  if (!URL.canParse(address)) throw new LifeboatError("channel-incomplete", { field });
  const { hostname, username, password, search, hash } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, "");
  validateHost(host);
  if (username !== "" || password !== "") throw new LifeboatError("address-invalid", { host, why: "it carries a name or a password" });
  // What is shown of a channel has no place for a secret, and nothing can be put behind a query.
  if (!shown && (search !== "" || hash !== ""))
    throw new LifeboatError("address-invalid", { host, why: "it carries a query or a fragment" });
  return shown ? host : null;
}

/** Which fields of the secret would be sent somewhere else than where they were entered for. */
export function movedSecrets(before: ChannelConfig, after: ChannelConfig): readonly (keyof ChannelSecrets)[] {
  if (before.type !== after.type) return ["url", "token", "password", "signingKey"];
  if (before.type === "email" && after.type === "email") {
    const target = ({ host, port, username, security }: typeof before) => JSON.stringify([host, port, username, security]);
    return target(before) === target(after) ? [] : ["password"];
  }
  if (before.type === "telegram" && after.type === "telegram") return before.apiOrigin === after.apiOrigin ? [] : ["token"];
  if (before.type === "ntfy" && after.type === "ntfy") return before.server === after.server ? [] : ["token"];
  return [];
}
