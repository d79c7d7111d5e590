import type { servers } from "#lib/db/schema/servers";
import type { ServerAddress } from "#lib/engines/port";
import { rememberSecret } from "#lib/log/redact";
import type { Keyring } from "#lib/secrets/keyring";
import { passwordContext, restorePasswordContext } from "./secrets.ts";

type ServerRow = typeof servers.$inferSelect;

/**
 * The stored server as engines take it, password opened. `restore` uses the restore role where there is one.
 * Throws `secret-key-missing` when the password was sealed with another installation's key.
 */
export function addressOf(keyring: Keyring, server: ServerRow, role: "backup" | "restore"): ServerAddress {
  const asRestore = role === "restore" && server.restoreUsername !== "";
  const password = asRestore
    ? openPassword(keyring, server.restorePasswordSealed, restorePasswordContext(server.id))
    : openPassword(keyring, server.passwordSealed, passwordContext(server.id));
  return {
    host: server.host,
    port: server.port,
    tlsMode: server.tlsMode,
    tlsCa: server.tlsCa,
    username: asRestore ? server.restoreUsername : server.username,
    password,
    maintenanceDatabase: server.maintenanceDatabase,
  };
}

/** Opens a sealed password and keeps it out of every text from then on. */
export function openPassword(keyring: Keyring, sealed: string | null, sealedFor: string): string | null {
  if (sealed === null) return null;
  const password = keyring.open(sealed, sealedFor);
  rememberSecret(password);
  return password;
}
