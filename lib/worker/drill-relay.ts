import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Logger } from "#lib/log/log";

const host = "127.0.0.1";
/** A sandbox takes 50 sessions; a few more may wait to be told so. */
const mostConnections = 60;

export type RelayPoint = { readonly host: string; readonly port: number };

export type Relays = {
  /** Opens the relay of a drill, on this port if it is free; the one that is open already is told again. */
  readonly open: (drillId: string, socketPath: string, port: number | null) => Promise<RelayPoint>;
  readonly isOpen: (drillId: string) => boolean;
  /** Ends it with all its connections. */
  readonly close: (drillId: string) => void;
  readonly closeAllBut: (drillIds: ReadonlySet<string>) => void;
};

type Relay = { readonly server: Server; readonly sockets: Set<Socket>; readonly point: RelayPoint; readonly socketPath: string };

/**
 * TCP ports of the loopback that lead to sandboxes' sockets, for applications on this host. They carry bytes and know no password: whoever
 * connects must still sign in. They do not keep the process alive.
 */
export function createRelays(logger: Logger): Relays {
  const relays = new Map<string, Relay>();
  const opening = new Map<string, Promise<RelayPoint>>();
  const close = (drillId: string) => {
    const relay = relays.get(drillId);
    relays.delete(drillId);
    relay?.server.close();
    for (const socket of relay?.sockets ?? []) socket.destroy();
  };
  const openNew = async (drillId: string, socketPath: string, port: number | null) => {
    close(drillId);
    const sockets = new Set<Socket>();
    const server = createServer((client) => lead(client, socketPath, sockets));
    server.maxConnections = mostConnections;
    server.unref();
    await listen(server, port ?? 0).catch(async (error: NodeJS.ErrnoException) => {
      if (port === null || (error.code !== "EADDRINUSE" && error.code !== "EACCES")) throw error;
      logger.warn("the port of a sandbox's relay is taken by now; it gets another one", { drillId, port });
      await listen(server, 0);
    });
    server.on("error", (error) => logger.warn("a sandbox's relay", { drillId, error }));
    const point = { host, port: (server.address() as AddressInfo).port };
    relays.set(drillId, { server, sockets, point, socketPath });
    return point;
  };
  return {
    open: async (drillId, socketPath, port) => {
      const known = relays.get(drillId);
      if (known?.socketPath === socketPath) return known.point;
      const begun = opening.get(drillId) ?? openNew(drillId, socketPath, port).finally(() => opening.delete(drillId));
      opening.set(drillId, begun);
      return await begun;
    },
    isOpen: (drillId) => relays.has(drillId),
    close,
    closeAllBut: (drillIds) => {
      for (const drillId of relays.keys()) if (!drillIds.has(drillId)) close(drillId);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen({ port, host, exclusive: true });
  await once(server, "listening");
}

function lead(client: Socket, socketPath: string, sockets: Set<Socket>): void {
  const inside = connect({ path: socketPath });
  for (const [from, to] of [
    [client, inside],
    [inside, client],
  ] as const) {
    sockets.add(from);
    from.unref();
    from.on("error", () => to.destroy());
    from.once("close", () => {
      sockets.delete(from);
      to.destroySoon();
    });
    from.pipe(to);
  }
}
