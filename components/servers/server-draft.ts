import type { ServerDto, ServerInput, ServerPatch, tlsModes } from "#lib/contracts/servers";
import type { ParsedConnection } from "#lib/domain/server-address";

/** What the form holds. A password of `null` means "keep the stored one". */
export type ServerDraft = {
  name: string;
  host: string;
  port: string;
  tlsMode: (typeof tlsModes)[number];
  tlsCa: string;
  username: string;
  password: string | null;
  maintenanceDatabase: string;
  restoreUsername: string;
  restorePassword: string | null;
  notes: string;
};

export const emptyDraft: ServerDraft = {
  name: "",
  host: "",
  port: "5432",
  tlsMode: "prefer",
  tlsCa: "",
  username: "",
  password: "",
  maintenanceDatabase: "postgres",
  restoreUsername: "",
  restorePassword: "",
  notes: "",
};

export function draftOf(server: ServerDto): ServerDraft {
  return {
    name: server.name,
    host: server.host,
    port: String(server.port),
    tlsMode: server.tlsMode,
    tlsCa: server.tlsCa,
    username: server.username,
    password: server.hasPassword ? null : "",
    maintenanceDatabase: server.maintenanceDatabase,
    restoreUsername: server.restoreUsername,
    restorePassword: server.hasRestorePassword ? null : "",
    notes: server.notes,
  };
}

/** Takes over what a URL says; its database only helps to name the server, because databases are picked later. */
export function withUrl(draft: ServerDraft, url: ParsedConnection): ServerDraft {
  return {
    ...draft,
    name: draft.name === "" ? url.host : draft.name,
    host: url.host,
    port: String(url.port),
    tlsMode: url.tlsMode,
    username: url.username === "" ? draft.username : url.username,
    password: url.password ?? draft.password,
  };
}

/** A stored password never goes to another host, port or role: changing one of them asks for the passwords again. */
export function withChange(draft: ServerDraft, change: Partial<ServerDraft>): ServerDraft {
  const next = { ...draft, ...change };
  const moved = next.host !== draft.host || next.port !== draft.port;
  if (moved || next.username !== draft.username) next.password ??= "";
  if (moved || next.restoreUsername !== draft.restoreUsername) next.restorePassword ??= "";
  return next;
}

type StoredServer = Pick<ServerDto, "host" | "port" | "username" | "restoreUsername" | "hasPassword" | "hasRestorePassword">;

/**
 * Which stored passwords the change leaves behind and must be entered again. Without them the server would be saved with none, and
 * the next backup would fail.
 */
export function missingPasswords(server: StoredServer, draft: ServerDraft): { password: boolean; restorePassword: boolean } {
  const moved = draft.host !== server.host || draft.port !== String(server.port);
  return {
    password: server.hasPassword && draft.password === "" && (moved || draft.username !== server.username),
    restorePassword:
      server.hasRestorePassword &&
      draft.restorePassword === "" &&
      draft.restoreUsername !== "" &&
      (moved || draft.restoreUsername !== server.restoreUsername),
  };
}

export function toInput(draft: ServerDraft): ServerInput {
  return { ...draft, port: Number(draft.port), password: draft.password ?? "", restorePassword: draft.restorePassword ?? "" };
}

/** All fields; a kept password is left out, so that the stored one stays. */
export function toPatch(draft: ServerDraft): ServerPatch {
  const { password, restorePassword, port, ...rest } = draft;
  return {
    ...rest,
    port: Number(port),
    ...(password === null ? {} : { password }),
    ...(restorePassword === null ? {} : { restorePassword }),
  };
}

/** What a connection test needs of the form. */
export function toConnection(draft: ServerDraft): Omit<ServerPatch, "name" | "notes"> {
  const { name: _name, notes: _notes, ...connection } = toPatch(draft);
  return connection;
}
