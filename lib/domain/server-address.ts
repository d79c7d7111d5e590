import { LifeboatError } from "./error.ts";
import { isForbiddenIp, parseIpv4, parseIpv6 } from "./ip-address.ts";

export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export type ParsedConnection = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | null;
  readonly database: string;
  readonly tlsMode: TlsMode;
  /** Parts of the URL that were not taken over: names of query parameters and the like, never their values. */
  readonly ignored: readonly string[];
};

const metadataNames = new Set(["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"]);
const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const hostName = new RegExp(`^${label}(?:\\.${label})*\\.?$`, "i");

/**
 * Checks the form of a host: one name or one IP address. Refuses what libpq would read as something else (a list, a socket folder,
 * an option) with `address-invalid`, link-local and metadata addresses with `address-forbidden`. A name must be checked again
 * after it was resolved.
 */
export function validateHost(host: string): void {
  const invalid = (why: string) => new LifeboatError("address-invalid", { host: host.slice(0, 255), why });
  if (host === "") throw invalid("it is empty");
  if (host.length > 255) throw invalid("it is longer than 255 characters");
  if (host.startsWith("-")) throw invalid("it begins with a hyphen");
  if (host.includes(",")) throw invalid("it is a list of hosts");
  if (/[/\\@]/.test(host)) throw invalid("it is a path, and sockets are not supported");
  if (isForbiddenIp(host) || metadataNames.has(host.toLowerCase().replace(/\.$/, ""))) {
    throw new LifeboatError("address-forbidden", { host });
  }
  if (parseIpv4(host) !== null || parseIpv6(host) !== null) return;
  if (host.includes(":")) throw invalid("a host has no port, scheme or zone in it");
  // inet_aton reads 0x7f.1 or 2130706433 as addresses; a last label of digits is no host name (RFC 3696).
  if (/(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(host)) throw invalid("it is neither an IP address nor a host name");
  if (!hostName.test(host)) throw invalid("it has characters that no host name has");
}

const schemes = new Set(["postgresql", "postgres", "pgsql", "ecto", "psql", "postgis", "timescaledb", "cockroachdb", "pg"]);

const libpqModes: Readonly<Record<string, TlsMode>> = {
  disable: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};
const tlsModes: Readonly<Record<string, TlsMode>> = {
  ...libpqModes,
  // node-postgres, JDBC and asyncpg spellings
  "no-verify": "require",
  true: "require",
  "1": "require",
};
const strength: readonly TlsMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const tlsParameters = new Set(["sslmode", "ssl", "tls", "usessl"]);

/** What libpq calls a mode, as the one that is used for it; null where libpq knows none of that name. */
export function libpqTlsMode(name: string): TlsMode | null {
  return modeNamed(libpqModes, name);
}

const modeNamed = (modes: Readonly<Record<string, TlsMode>>, name: string): TlsMode | null =>
  Object.entries(modes).find(([spelling]) => spelling === name)?.[1] ?? null;

/**
 * Reads a connection URL in the forms that other stacks use (SQLAlchemy's `postgresql+psycopg://`, `jdbc:postgresql://`, `ecto://` …)
 * into known fields. Only `sslmode` and its like, and JDBC's `user` and `password`, are taken from the query; every other
 * parameter (`host`, `options`, `service`, `passfile` …) is ignored and listed. Where TLS is named twice the stricter counts; an `sslmode`
 * that there is not is refused, as by libpq: no connection is to be weaker than somebody meant it.
 * `unnamedTls` is asked where the URL names no mode.
 * Throws `url-not-understood`, `address-invalid`, `address-forbidden`.
 */
export function parseConnectionUrl(url: string, unnamedTls: () => TlsMode = () => "prefer"): ParsedConnection {
  const bad = (part: string) => new LifeboatError("url-not-understood", { part });
  const text = url
    .trim()
    .replace(/^["']|["']$/g, "")
    .replace(/^jdbc:/i, "");
  const match = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(#.*)?$/is.exec(text);
  if (match === null) throw bad("it has no scheme and host");
  const [, scheme = "", authority = "", path = "", query = "", fragment = ""] = match;
  if (!schemes.has(scheme.toLowerCase())) throw bad(`the scheme ${scheme.slice(0, 40)} is not PostgreSQL`);

  const decode = (value: string, part: string) => {
    try {
      const decoded = decodeURIComponent(value);
      if (decoded.includes("\0")) throw bad(part);
      return decoded;
    } catch {
      throw bad(part);
    }
  };
  const at = authority.lastIndexOf("@");
  const credentials = at < 0 ? "" : authority.slice(0, at);
  const colon = credentials.indexOf(":");
  const fromQuery = readQuery(query, decode, bad);
  const username = decode(colon < 0 ? credentials : credentials.slice(0, colon), "the user name") || (fromQuery.user ?? "");
  const password = colon < 0 ? (fromQuery.password ?? null) : decode(credentials.slice(colon + 1), "the password");
  const { host, port } = readAuthority(authority.slice(at + 1), decode, bad);
  validateHost(host);
  const ignored = [...fromQuery.ignored, ...(fragment === "" ? [] : ["#fragment"])];
  return {
    host,
    port,
    username,
    password,
    database: decode(path.slice(1), "the database"),
    tlsMode: fromQuery.tlsMode ?? unnamedTls(),
    ignored,
  };
}

type Decode = (value: string, part: string) => string;

function readAuthority(text: string, decode: Decode, bad: (part: string) => LifeboatError): { host: string; port: number } {
  if (text.includes(",")) throw bad("it names several hosts");
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text);
  if (match === null) throw bad("the host or the port");
  const host = decode(match[1] ?? match[2] ?? "", "the host");
  const port = match[3] === undefined || match[3] === "" ? 5432 : Number(match[3]);
  if (port < 1 || port > 65_535) throw bad("the port");
  return { host: host === "" ? "localhost" : host, port };
}

type QueryFields = { user: string | null; password: string | null; tlsMode: TlsMode | null; ignored: string[] };

function readQuery(query: string, decode: Decode, bad: (part: string) => LifeboatError): QueryFields {
  const fields: QueryFields = { user: null, password: null, tlsMode: null, ignored: [] };
  const named: TlsMode[] = [];
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals), "the parameters");
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1).replaceAll("+", "%20"), `the parameter ${name.slice(0, 60)}`);
    const lower = name.toLowerCase();
    const mode = modeNamed(tlsModes, value.toLowerCase());
    if (tlsParameters.has(lower) && mode !== null) named.push(mode);
    else if (lower === "sslmode") throw bad("the parameter sslmode");
    else if (lower === "user" && fields.user === null) fields.user = value;
    else if (lower === "password" && fields.password === null) fields.password = value;
    else fields.ignored.push(name.slice(0, 60));
  }
  const strictest = Math.max(-1, ...named.map((mode) => strength.indexOf(mode)));
  return { ...fields, tlsMode: strength[strictest] ?? null };
}
