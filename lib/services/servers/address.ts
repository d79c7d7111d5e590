import type { servers } from "../../db/schema/servers.ts";
import type { ServerAddress } from "../../engines/port.ts";
import { rememberSecret } from "../../log/redact.ts";
import type { Keyring } from "../../secrets/keyring.ts";

type ServerRow = typeof servers.$inferSelect;

/**
 * The stored server as engines take it, password opened. `restore` uses the restore role where there is one.
 * Throws `secret-key-missing` when the password was sealed with another installation's key.
 */
export function addressOf(keyring: Keyring, server: ServerRow, role: "backup" | "restore"): ServerAddress {
  const asRestore = role === "restore" && server.restoreUsername !== "";
  const sealed = asRestore ? server.restorePasswordSealed : server.passwordSealed;
  const password = sealed === null ? null : keyring.open(sealed, server.id);
  if (password !== null) rememberSecret(password);
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
