import { eq } from "drizzle-orm";
import type { Database } from "#lib/db/client";
import { apiTokens } from "#lib/db/schema/api-tokens";
import { sources } from "#lib/db/schema/sources";
import { clockToleranceMs } from "#lib/domain/clock-tolerance";
import { LifeboatError } from "#lib/domain/error";
import { isAllowed } from "#lib/domain/permissions";
import type { Logger } from "#lib/log/log";
import { tokenHash } from "#lib/secrets/token";
import { findLastGoodAt } from "#lib/services/backups/last-good";
import type { Actor } from "#lib/services/context";
import { effectiveRole, selectTokens, tokenState } from "#lib/services/tokens/token-dto";

/** A token as it may be used now; `touched…` is what its row says of its last use. */
export type KnownToken = {
  readonly actor: Actor;
  readonly expiresAtMs: number;
  touchedAtMs: number;
  touchedAddress: string | null;
};

export type KnownSource = { readonly lastGoodAtMs: number | null };

/** What a question is decided from. Nothing is known while the catalogue's notifications do not arrive. */
export type Memory = {
  readonly tokens: ReadonlyMap<string, KnownToken>;
  readonly sources: ReadonlyMap<string, KnownSource>;
};

export type Question = { readonly tokenHash: string; readonly sourceId: string; readonly maxAgeSeconds: number };

export type Decision =
  | { readonly kind: "fresh"; readonly token: KnownToken; readonly lastGoodAtMs: number }
  | { readonly kind: "stale"; readonly token: KnownToken }
  | { readonly kind: "refused"; readonly error: LifeboatError }
  /** Not in memory: the catalogue has to be asked. */
  | { readonly kind: "ask-token" | "ask-source" };

/** Decides from memory alone, synchronously. `nowMs` is the time of the question. */
export function decide(memory: Memory, { tokenHash: hash, sourceId, maxAgeSeconds }: Question, nowMs: number): Decision {
  const token = memory.tokens.get(hash);
  if (token === undefined) return { kind: "ask-token" };
  const refusal = refusalOf(token, nowMs);
  if (refusal !== null) return { kind: "refused", error: refusal };
  const source = memory.sources.get(sourceId);
  if (source === undefined) return { kind: "ask-source" };
  const { lastGoodAtMs } = source;
  // What a wrong clock dated later than now is of no known age.
  const isKnown = lastGoodAtMs !== null && lastGoodAtMs <= nowMs + clockToleranceMs;
  if (isKnown && nowMs - lastGoodAtMs < maxAgeSeconds * 1000) return { kind: "fresh", token, lastGoodAtMs };
  return { kind: "stale", token };
}

/** What keeps a known token from asking; null when it may. */
export function refusalOf({ actor, expiresAtMs }: KnownToken, nowMs: number): LifeboatError | null {
  if (expiresAtMs <= nowMs) return new LifeboatError("not-signed-in");
  const permission = "backups:create";
  return isAllowed(actor.role, actor.scopes, permission) ? null : new LifeboatError("not-allowed", { permission });
}

export type Freshness = Memory & {
  /** A token from the catalogue, or null when it is none that works now. */
  readonly loadToken: (hash: string, now: Date) => Promise<KnownToken | null>;
  /** A source from the catalogue. Throws `not-found`. */
  readonly loadSource: (id: string) => Promise<KnownSource>;
  /** Writes down that a token was used, later and without anybody waiting. */
  readonly touch: (token: KnownToken, address: string, now: Date) => void;
  /** For the listening connection: one notification, its beginning, and its end. */
  readonly onPayload: (payload: string) => void;
  readonly onUp: () => void;
  readonly onDown: () => void;
};

/** As rarely as for every other route; from another address sooner, yet not with each of a hundred calls. Milliseconds. */
const touchEveryMs = 60_000;
const touchElsewhereMs = 1_000;

/** So much is held at most: beyond it everything is forgotten and asked for again. */
const mostHeld = 10_000;

/**
 * Tokens and the freshness of sources, held while the catalogue tells about every change (`lifeboat_changes`), so that a question costs no query. What was
 * read before a change arrived is answered with, never held. Without notifications every question asks the catalogue.
 */
export function createFreshness({ db, logger }: { readonly db: Database; readonly logger: Logger }): Freshness {
  const tokens = new Map<string, KnownToken>();
  const known = new Map<string, KnownSource>();
  const flights = new Map<string, Promise<unknown>>();
  let isListening = false;
  let changes = 0;

  const forgetAll = () => {
    changes += 1;
    tokens.clear();
    known.clear();
    flights.clear();
  };

  /** One question to the catalogue for all who ask it between two changes. */
  async function once<T>(key: string, held: Map<string, T>, id: string, load: () => Promise<T>): Promise<T> {
    if (!isListening) return load();
    const underway = flights.get(key);
    if (underway !== undefined) return underway as Promise<T>;
    const asOf = changes;
    const flight = load().then((found) => {
      if (isListening && asOf === changes) {
        if (held.size >= mostHeld) held.clear();
        held.set(id, found);
      }
      return found;
    });
    flights.set(key, flight);
    try {
      return await flight;
    } finally {
      if (flights.get(key) === flight) flights.delete(key);
    }
  }

  return {
    tokens,
    sources: known,
    loadToken: async (hash, now) => {
      const load = async (): Promise<KnownToken> => {
        const [row] = await selectTokens(db).where(eq(apiTokens.tokenHash, hash));
        if (row === undefined || tokenState(row, now) !== "active") throw new UnknownToken();
        const { token } = row;
        return {
          actor: { type: "token", id: token.id, name: token.name, role: effectiveRole(row), scopes: token.scopes, sessionId: null },
          expiresAtMs: token.expiresAt?.getTime() ?? Infinity,
          touchedAtMs: token.lastUsedAt?.getTime() ?? -Infinity,
          touchedAddress: token.lastUsedAddress,
        };
      };
      try {
        return await once(`token:${hash}`, tokens, hash, load);
      } catch (error) {
        // What is no token is not held: guesses must not fill the memory.
        if (error instanceof UnknownToken) return null;
        throw error;
      }
    },
    loadSource: (id) =>
      once(`source:${id}`, known, id, async () => {
        const [row] = await db.select({ removedAt: sources.removedAt }).from(sources).where(eq(sources.id, id));
        if (row === undefined || row.removedAt !== null) throw new LifeboatError("not-found", { entity: "source", id });
        const at = await findLastGoodAt(db, id);
        return { lastGoodAtMs: at?.getTime() ?? null };
      }),
    touch: (token, address, now) => {
      const sinceMs = now.getTime() - token.touchedAtMs;
      const isElsewhere = address !== token.touchedAddress;
      if (sinceMs <= (isElsewhere ? touchElsewhereMs : touchEveryMs)) return;
      token.touchedAtMs = now.getTime();
      token.touchedAddress = address;
      db.update(apiTokens)
        .set({ lastUsedAt: now, lastUsedAddress: address })
        .where(eq(apiTokens.id, token.actor.id ?? ""))
        .catch((error: unknown) => logger.warn("a token's use could not be written down", { error }));
    },
    onPayload: (payload) => {
      const id = payload.startsWith("source:") ? payload.slice("source:".length) : null;
      if (id === null) return forgetAll();
      changes += 1;
      flights.delete(`source:${id}`);
      known.delete(id);
    },
    onUp: () => {
      forgetAll();
      isListening = true;
    },
    onDown: () => {
      isListening = false;
      forgetAll();
    },
  };
}

class UnknownToken extends Error {}

/** The hash of a bearer token in an `Authorization` header; null for anything else. */
export function bearerHash(authorization: string): string | null {
  const value = /^bearer +([\x21-\x7e]{1,400})$/i.exec(authorization.trim())?.[1];
  return value === undefined ? null : tokenHash(value);
}
