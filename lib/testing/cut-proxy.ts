import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** For tests: a way to a server that can be away for a while. The port stays the same. */
export type CutProxy = {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  readonly cut: () => Promise<void>;
  /** The server is reached again. */
  readonly mend: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function cutProxy(target: { host: string; port: number }): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let port = 0;
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
    port = (listener.address() as AddressInfo).port;
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
