import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestServer } from "#lib/testing/postgres";

/** For tests: a TCP proxy in front of a server that can lose, refuse and reset connections. */
export type FaultyProxy = {
  readonly port: number;
  /** Connections of now go silent: their bytes are taken and dropped. New ones are served, refused or silent too. */
  readonly silence: (newOnes: "served" | "refused" | "silent") => void;
  /** Every connection of now ends with a reset. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
};

export async function faultyProxy(server: TestServer): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  let isDead = false;
  const proxy = createServer((client) => {
    const upstream = connect(server.port, server.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.on("error", () => undefined));
      if (isDead) silent.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        const other = socket === client ? upstream : client;
        if (!silent.has(socket)) other.destroy();
      });
    }
    client.on("data", (bytes) => silent.has(client) || upstream.write(bytes));
    upstream.on("data", (bytes) => silent.has(upstream) || client.write(bytes));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    silence: (newOnes) => {
      for (const socket of sockets) silent.add(socket);
      isDead = newOnes === "silent";
      if (newOnes === "refused") proxy.close();
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!proxy.listening) return;
      proxy.close();
      await once(proxy, "close");
    },
  };
}
