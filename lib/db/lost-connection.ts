import { setImmediate as nextTurn } from "node:timers/promises";
import type postgres from "postgres";

type Begin = (work: (tx: postgres.TransactionSql) => unknown) => Promise<unknown>;

/** True for an error that says that the session is over; `severity` is PostgreSQL's own word for it. */
function endsSession(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return severity === "FATAL" || severity === "PANIC" || (typeof code === "string" && /^(CONNECTION_|ECONN|EPIPE|ETIMEDOUT)/.test(code));
}

function lostError(): Error {
  return Object.assign(new Error("the connection was lost in the middle of a transaction"), { code: "CONNECTION_CLOSED" });
}

/**
 * `begin` for a client whose connections may break. The client (postgres.js 3.4) rejects the transaction when its connection closes, but
 * writes whatever comes afterwards, its own `rollback` included, to a socket that is gone: a TypeError that nobody can catch ends the
 * process, and the connection hangs for ever. So nothing reaches a connection that was lost: later statements fail at once, and the
 * work's own end is kept from the client. What was done is rolled back by the server.
 */
export function beginSafely<T>(client: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const state = { lost: false };
  const guarded = async (tx: postgres.TransactionSql): Promise<T> => {
    try {
      const result = await work(guard(tx, state));
      if (!state.lost) return result;
    } catch (error) {
      // A connection that closes tells its statements and its transaction in one turn of the event loop.
      await nextTurn();
      if (!state.lost) throw error;
    }
    // The transaction was rejected already; the client would send `commit` or `rollback` now.
    return new Promise<T>(() => undefined);
  };
  const done = (client.begin as unknown as Begin)(guarded) as Promise<T>;
  done.catch(() => (state.lost = true));
  return done;
}

type Statement = ReturnType<postgres.TransactionSql["unsafe"]>;

/** The transaction as Drizzle uses it: `unsafe(…)`, `unsafe(…).values()` and `savepoint(…)`. */
function guard(tx: postgres.TransactionSql, state: { lost: boolean }): postgres.TransactionSql {
  const watched = <R>(send: () => PromiseLike<R>): Promise<R> => {
    if (state.lost) return Promise.reject(lostError());
    const sent = Promise.resolve(send());
    sent.catch((error: unknown) => (state.lost ||= endsSession(error)));
    return sent;
  };
  const unsafe = (...args: Parameters<postgres.TransactionSql["unsafe"]>) => {
    const send = () => tx.unsafe(...args);
    let sent: Promise<unknown> | null = null;
    // Like the client's own: nothing is sent before somebody waits for it.
    return {
      values: () => watched(() => send().values()),
      // oxlint-disable-next-line unicorn/no-thenable
      then: (...handlers: Parameters<Statement["then"]>) => {
        sent ??= watched(send);
        return (sent as Statement).then(...handlers);
      },
    };
  };
  const savepoint = (work: (inner: postgres.TransactionSql) => Promise<unknown>) =>
    watched(() => {
      const lost = Promise.withResolvers<never>();
      const inside = async (inner: postgres.TransactionSql): Promise<unknown> => {
        try {
          return await work(guard(inner, state));
        } catch (error) {
          await nextTurn();
          if (!state.lost) throw error;
          // Kept from the client, which would send `rollback to` now.
          lost.reject(error);
          return new Promise(() => undefined);
        }
      };
      return Promise.race([tx.savepoint(inside as never), lost.promise]);
    });
  return new Proxy(tx, {
    get(target, key) {
      if (key === "unsafe") return unsafe;
      if (key === "savepoint") return savepoint;
      return Reflect.get(target, key) as unknown;
    },
  });
}

/** The client with a `begin` that survives the loss of its connection. */
export function survivingClient(client: postgres.Sql): postgres.Sql {
  const begin = (work: (tx: postgres.TransactionSql) => Promise<unknown>) => beginSafely(client, work);
  return new Proxy(client, {
    get(target, key) {
      return key === "begin" ? begin : (Reflect.get(target, key) as unknown);
    },
  });
}
