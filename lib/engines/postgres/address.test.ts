import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { ServerAddress } from "../port.ts";
import { pinAddress, probePort, resolveHost } from "./address.ts";

/** A server that takes connections on 127.0.0.1 only, and its address under a name. */
async function listening(host: string): Promise<ServerAddress> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { host, port: (server.address() as AddressInfo).port, username: "backup" } as ServerAddress;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("a name that nobody knows is told apart from an address that nobody may use", async () => {
  await expect(resolveHost("no-such-host.invalid")).rejects.toMatchObject({ code: "host-unknown" });
  await expect(resolveHost("169.254.169.254")).rejects.toMatchObject({ code: "address-forbidden" });
  expect(await resolveHost("127.0.0.1")).toEqual(["127.0.0.1"]);
});

test("a server is pinned to an address of its that answers", async () => {
  expect(await pinAddress(await listening("127.0.0.1"))).toMatchObject({ host: "127.0.0.1", ip: "127.0.0.1" });
  // Where the machine knows localhost by both families, only one of them answers here.
  expect(await pinAddress(await listening("localhost"))).toMatchObject({ host: "localhost", ip: "127.0.0.1" });
});

test("a closed port is refused under the server's own name, and a cancelled probe ends with its reason", async () => {
  const address = { host: "db.example.org", port: await closedPort(), username: "backup" } as ServerAddress;
  await expect(probePort("127.0.0.1", address)).rejects.toMatchObject({
    code: "connection-refused",
    params: { host: "db.example.org", port: address.port },
  });
  await expect(probePort("127.0.0.1", address, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
