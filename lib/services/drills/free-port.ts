import { once } from "node:events";
import { createServer } from "node:net";
import type { Reason } from "#lib/domain/error";

/** Why no TCP port of an address of this host can be opened, as applications need one to reach a sandbox; null when one was, and is closed again. */
export async function portProblem(host: string): Promise<Reason | null> {
  const server = createServer();
  try {
    server.listen({ host, port: 0, exclusive: true });
    await once(server, "listening");
    return null;
  } catch (error) {
    return { code: "sandbox-unavailable", params: { detail: `no port can be opened: ${(error as Error).message}` } };
  } finally {
    server.close();
  }
}
