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
  /** How many connections were over so far. */
  lost = 0;
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
    // Told in the same turn in which the statements of a connection are rejected, and before anybody learns of that.
    onclose: () => void (sockets.lost += 1),
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

/** What the client gives for a statement, as far as it matters here: it hands itself to this when somebody waits for it. */
type Statement = { handler?: (statement: { reject: (error: unknown) => void }) => void };

/**
 * The one session of `openSql`, which must be connected already, for oneself. Once it was lost, whatever is asked of it fails with
 * CONNECTION_CLOSED: the client (postgres.js 3.4) would write it to a socket that is gone, a TypeError that nobody can catch and that ends
 * the process, or give it to the session that it opened since.
 */
export async function reserveSession(sql: postgres.Sql): Promise<postgres.ReservedSql> {
  const session = await sql.reserve();
  const sockets = socketsOf.get(sql);
  const before = sockets?.lost;
  const isLost = () => sockets?.lost !== before;
  const guarded = <T>(asked: T): T => {
    const statement = asked as Statement;
    const { handler } = statement;
    if (handler === undefined) return asked;
    statement.handler = (sent) => {
      if (isLost()) sent.reject(Object.assign(new Error("the session was lost"), { code: "CONNECTION_CLOSED" }));
      else handler(sent);
    };
    return asked;
  };
  const unsafe = (...args: Parameters<typeof session.unsafe>) => guarded(session.unsafe(...args));
  // The client took a lost one back by itself.
  const release = () => void (isLost() || session.release());
  return new Proxy(session, {
    apply: (target, self, args) => guarded(Reflect.apply(target, self, args) as unknown),
    get(target, key) {
      if (key === "unsafe") return unsafe;
      if (key === "release") return release;
      return Reflect.get(target, key) as unknown;
    },
  });
}
