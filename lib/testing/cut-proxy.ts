import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** For tests: a way to a server that can be away for a while. The port stays the same, and is given to nobody else meanwhile. */
export type CutProxy = {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  readonly cut: () => Promise<void>;
  /** The server is reached again. */
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Below what Linux gives out by itself (`ip_local_port_range` begins at 32768): free now, and nobody's while the proxy does not listen. */
async function findQuietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer().listen(port, "127.0.0.1");
    const isFree = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}

export async function cutProxy(target: { host: string; port: number }): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const port = await findQuietPort();
  let listener: Server | null = null;
  const mend = async () => {
    if (listener !== null) return;
    listener = createServer((client) => {
      const upstream = connect(target.port, target.host);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket.on("error", () => undefined));
        socket.once("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    listener.listen(port, "127.0.0.1");
    await once(listener, "listening");
  };
  const cut = async () => {
    const ended = listener;
    listener = null;
    if (ended === null) return;
    const closed = once(ended, "close");
    ended.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await mend();
  return { port, cut, mend, close: cut };
}
