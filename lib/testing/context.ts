import { randomBytes } from "node:crypto";
import type { Catalogue } from "#lib/db/client";
import { makeId } from "#lib/domain/ids";
import { createKeyring } from "#lib/secrets/keyring";
import type { Actor, ServiceContext } from "#lib/services/context";
import { newUuid } from "#lib/services/new-uuid";

export type Wake = { runId: string; workerGroup: string };

/** What tests call verbs with; `woken` collects every wake in order. */
export type TestContext = ServiceContext & { readonly woken: Wake[] };

/** A signed-in person of a role. The row in `users` is not made: verbs trust the edge for who calls. */
export function testActor(role: Actor["role"] = "admin"): Actor {
  return { type: "user", id: makeId("user", newUuid()), name: `Test ${role}`, role, scopes: null, sessionId: null };
}

/** A context with an admin, the real clock, real ids and a random keyring. */
export function testContext(catalogue: Catalogue, overrides: Partial<ServiceContext> = {}): TestContext {
  const woken: Wake[] = [];
  return {
    db: catalogue.db,
    actor: testActor(),
    now: () => new Date(),
    newUuid,
    keyring: createKeyring(randomBytes(32)),
    wake: async (runId, workerGroup) => void woken.push({ runId, workerGroup }),
    address: "127.0.0.1",
    requestId: "test",
    ...overrides,
    woken,
  };
}
