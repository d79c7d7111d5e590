import { LifeboatError } from "#lib/domain/error";
import { redactText } from "#lib/log/redact";
import type { ServerAddress } from "../port.ts";
import { connectTimeoutSeconds } from "./address.ts";
import { isSocketFolder } from "./socket-folder.ts";

const lostCodes = new Set([
  "ECONNRESET",
  "EPIPE",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "57P01",
  "57P02",
  "57P03",
  "08006",
  "08003",
]);
const refusedCodes = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]);
/** What a socket of the file system says when nobody listens on it. */
const socketCodes = new Set(["ENOENT", "ENOTSOCK", "EACCES"]);
const timeoutCodes = new Set(["ETIMEDOUT", "CONNECT_TIMEOUT"]);
const tlsPattern = /^(ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|EPROTO)/;

/**
 * Turns what a SQL session threw into an error that says what to do. Errors of our own and those it does not know come back as
 * they are: the latter are bugs and answer 500.
 */
export function mapConnectionError(error: unknown, address: ServerAddress, database: string): unknown {
  if (error instanceof LifeboatError || !(error instanceof Error)) return error;
  const code = (error as { code?: string }).code ?? "";
  const { host, port, username: user } = address;
  const detail = redactText(error.message).slice(0, 500);
  const because = { cause: error };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new LifeboatError("host-unknown", { host }, because);
  if (refusedCodes.has(code)) return new LifeboatError("connection-refused", { host, port }, because);
  if (isSocketFolder(host) && socketCodes.has(code)) return new LifeboatError("connection-refused", { host, port }, because);
  if (timeoutCodes.has(code)) return new LifeboatError("connection-timeout", { host, port, seconds: connectTimeoutSeconds }, because);
  if (tlsPattern.test(code)) return new LifeboatError("tls-untrusted", { host, detail }, because);
  if (code === "28P01" || /password authentication failed|no password supplied/.test(detail))
    return new LifeboatError("password-wrong", { user }, because);
  if (code === "28000") return new LifeboatError("sign-in-rejected", { user, detail }, because);
  if (code === "3D000") return new LifeboatError("database-missing", { database }, because);
  if (code === "53300") return new LifeboatError("too-many-connections", { host }, because);
  if (code === "42501") return new LifeboatError("privilege-missing", { objects: quotedName(detail) ?? detail, count: 1 }, because);
  if (lostCodes.has(code)) return new LifeboatError("connection-lost", { host, port }, because);
  return error;
}

function quotedName(text: string): string | null {
  return /(?:for|of) (?:\w+ )*?(\S+)$/.exec(text)?.[1] ?? null;
}

type ToolFailure = {
  tool: string;
  exitCode: number | null;
  stderr: string;
  address: ServerAddress;
  database: string;
  lockWaitSeconds: number;
};

/** Turns the standard error of a tool that exited with an error into the reason that a person can act on. */
export function mapToolFailure(failure: ToolFailure): LifeboatError {
  const { tool, exitCode, stderr, address, database } = failure;
  const { host, port, username: user } = address;
  // --lock-wait-timeout works through statement_timeout.
  const lockedBy = /lock timeout|statement timeout[^]*LOCK TABLE/i.test(stderr);
  if (lockedBy) {
    // LOCK TABLE may name hundreds of tables; the first line of the statement is enough for a person.
    const table = /LOCK TABLE (?:ONLY )?(.{1,300}?)(?: IN ACCESS SHARE MODE|$)/m.exec(stderr)?.[1] ?? "?";
    return new LifeboatError("table-locked", { table, seconds: failure.lockWaitSeconds });
  }
  if (
    /database ".*" does not exist|It seems to have just been dropped or renamed|database .* is (?:being dropped|not currently accepting)/s.test(
      stderr,
    )
  ) {
    return new LifeboatError("database-dropped", { database });
  }
  const denied = [...stderr.matchAll(/permission denied for (?:\w+ )*?(\S+)$/gm)].map((match) => match[1]!);
  if (denied.length > 0)
    return new LifeboatError("privilege-missing", { objects: [...new Set(denied)].join(", "), count: new Set(denied).size });
  const policy = /query would be affected by row-level security policy for table "(.+?)"/.exec(stderr)?.[1];
  if (policy !== undefined) return new LifeboatError("privilege-missing", { objects: policy, count: 1 });
  if (/password authentication failed|no password supplied/.test(stderr)) return new LifeboatError("password-wrong", { user });
  if (/no pg_hba\.conf entry|is not permitted to log in/.test(stderr))
    return new LifeboatError("sign-in-rejected", { user, detail: lastLines(stderr) });
  if (/too many (?:clients|connections)|remaining connection slots/.test(stderr))
    return new LifeboatError("too-many-connections", { host });
  if (/server does not support SSL/.test(stderr)) return new LifeboatError("tls-not-offered", { host });
  if (/certificate verify failed|server certificate for/.test(stderr))
    return new LifeboatError("tls-untrusted", { host, detail: lastLines(stderr) });
  if (/server version mismatch|aborting because of server version/.test(stderr)) {
    const [needed = "?", found = "?"] = /server version: ([^\s;]+).*?version: (\d+\S*)/s.exec(stderr)?.slice(1) ?? [];
    return new LifeboatError("tool-too-old", { tool, found, needed, install: "none" });
  }
  if (
    /server closed the connection|terminating connection|connection to server was lost|SSL SYSCALL error|could not receive data|Connection reset|Connection timed out/.test(
      stderr,
    )
  ) {
    return new LifeboatError("connection-lost", { host, port });
  }
  if (/Connection refused|connection to server on socket ".*" failed: No such file or directory/.test(stderr))
    return new LifeboatError("connection-refused", { host, port });
  return new LifeboatError("tool-failed", { tool, exitCode, detail: lastLines(stderr) });
}

/** The end of what a tool said, short enough for one line of text. */
export function lastLines(stderr: string): string {
  return stderr.trim().split("\n").slice(-3).join(" ").slice(-500) || "it said nothing";
}
