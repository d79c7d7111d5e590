import { writeFile } from "node:fs/promises";
import { connect, isIP, type Socket } from "node:net";
import { join } from "node:path";
import { checkServerIdentity, rootCertificates } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import postgres from "postgres";
import { rememberSecret } from "#lib/log/redact";
import { connectTimeoutSeconds, type PinnedAddress } from "./address.ts";
import { isSocketFolder, socketPath } from "./socket-folder.ts";

/** Fixed for all sessions, so that a row reads the same from the source and from its copy. */
const sessionOptions = "-c bytea_output=hex -c jit=off -c client_min_messages=warning";

class Sockets extends Set<Socket> {
  isClosed = false;
}

const socketsOf = new WeakMap<postgres.Sql, Sockets>();

const verifies = (address: PinnedAddress) => address.tlsMode === "verify-ca" || address.tlsMode === "verify-full";

/** A field of a `.pgpass` line: colon and backslash are escaped (libpq, "The Password File"). */
function passField(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll(":", "\\:");
}

/**
 * Writes the password, the certificate authority and the keepalive settings into private files (0600) of `workDir` and returns
 * libpq's environment for tools. The name of the database travels only here, where libpq takes it literally. The password is in no
 * variable and no argument.
 */
export async function libpqEnvironment(
  address: PinnedAddress,
  database: string,
  context: { workDir: string; applicationName: string },
): Promise<Record<string, string>> {
  const passFile = join(context.workDir, "pgpass");
  const serviceFile = join(context.workDir, "pg_service.conf");
  const caFile = join(context.workDir, "root.crt");
  if (address.password !== null) rememberSecret(address.password);
  const line = address.password === null ? "" : `*:*:*:${passField(address.username)}:${passField(address.password)}\n`;
  await writeFile(passFile, line, { mode: 0o600 });
  await writeFile(
    serviceFile,
    "[lifeboat]\nkeepalives=1\nkeepalives_idle=15\nkeepalives_interval=5\nkeepalives_count=4\ntcp_user_timeout=45000\n",
    { mode: 0o600 },
  );
  if (verifies(address)) await writeFile(caFile, address.tlsCa === "" ? rootCertificates.join("\n") : address.tlsCa, { mode: 0o600 });
  const nowhere = join(context.workDir, "none");
  return {
    PGHOST: address.host,
    ...(isSocketFolder(address.host) ? {} : { PGHOSTADDR: address.ip }),
    PGPORT: String(address.port),
    PGUSER: address.username,
    PGDATABASE: database,
    PGPASSFILE: passFile,
    PGSERVICEFILE: serviceFile,
    PGSERVICE: "lifeboat",
    PGSYSCONFDIR: nowhere,
    PGSSLMODE: address.tlsMode,
    PGSSLROOTCERT: verifies(address) ? caFile : nowhere,
    PGSSLCERT: nowhere,
    PGSSLKEY: nowhere,
    PGSSLCRL: nowhere,
    PGGSSENCMODE: "disable",
    PGCONNECT_TIMEOUT: String(connectTimeoutSeconds),
    PGAPPNAME: context.applicationName,
    PGTZ: "UTC",
    PGOPTIONS: sessionOptions,
  };
}

/** The TLS options of Node for a mode in libpq's words; false for a plain connection. */
export function tlsOptions(address: PinnedAddress): false | ConnectionOptions {
  if (address.tlsMode === "disable") return false;
  const servername = isIP(address.host) === 0 ? { servername: address.host } : {};
  if (!verifies(address)) return { ...servername, rejectUnauthorized: false };
  const ca = address.tlsCa === "" ? {} : { ca: address.tlsCa };
  // verify-ca proves who signed, not who answers.
  const identity =
    address.tlsMode === "verify-ca"
      ? () => undefined
      : (_: string, cert: Parameters<typeof checkServerIdentity>[1]) => checkServerIdentity(address.host, cert);
  return { ...servername, ...ca, rejectUnauthorized: true, checkServerIdentity: identity };
}

/** Opens SQL sessions to one database with the same TLS meaning as the tools have. Connects at the first query. */
export function openSql(address: PinnedAddress, database: string, applicationName: string, max = 1): postgres.Sql {
  const tls = tlsOptions(address);
  if (address.password !== null) rememberSecret(address.password);
  // As lists, which its types do not tell: postgres.js takes an IPv6 address apart at its colons otherwise.
  const endpoint = { host: [address.ip], port: [address.port] } as unknown as { host: string; port: number };
  const sockets = new Sockets();
  const sql = postgres({
    ...endpoint,
    socket: () => {
      // postgres.js connects again for what was asked for while it ended, and nobody would ever end that session.
      if (sockets.isClosed) throw new Error("the sessions were closed before this one was open");
      // Still connecting: Node keeps what is written until then, and postgres.js bounds the time.
      const socket = connect(
        isSocketFolder(address.ip) ? { path: socketPath(address.ip, address.port) } : { host: address.ip, port: address.port },
      );
      sockets.add(socket.once("close", () => sockets.delete(socket)));
      return socket;
    },
    database,
    username: address.username,
    password: address.password ?? "",
    ssl: tls === false ? false : address.tlsMode === "prefer" ? "prefer" : tls,
    max,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: connectTimeoutSeconds,
    keep_alive: 15,
    prepare: false,
    onnotice: () => undefined,
    // Literals are made by us: what a backslash means must not depend on a role's settings.
    connection: {
      application_name: applicationName,
      TimeZone: "UTC",
      bytea_output: "hex",
      jit: "off",
      standard_conforming_strings: "on",
    },
  } as postgres.Options<Record<string, never>>);
  socketsOf.set(sql, sockets);
  return sql;
}

/**
 * Ends the sessions of `openSql` within a bound: what does not end by itself in `graceSeconds` loses its socket. From the call on none is
 * opened any more: what still asks for one fails.
 */
export async function closeSql(sql: postgres.Sql, graceSeconds: number): Promise<void> {
  const sockets = socketsOf.get(sql);
  if (sockets !== undefined) sockets.isClosed = true;
  await sql.end({ timeout: graceSeconds });
  // A lost connection would keep its socket for minutes: what postgres.js sent at the end may never be acknowledged.
  for (const socket of sockets ?? []) socket.destroy();
}
