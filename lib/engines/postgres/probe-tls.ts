import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { LifeboatError } from "#lib/domain/error";
import { connectTimeoutSeconds, type PinnedAddress } from "./address.ts";
import { mapConnectionError } from "./connection-errors.ts";
import { tlsOptions } from "./connection.ts";

export type TlsFacts = { readonly offered: boolean; readonly protocol: string | null };

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Asks a server for TLS as its protocol says (SSLRequest) and shakes hands as the address's mode demands. Throws `tls-not-offered`,
 * `tls-untrusted` and what keeps the connection from being made.
 */
export async function probeTls(address: PinnedAddress): Promise<TlsFacts> {
  const options = tlsOptions(address);
  if (options === false) return { offered: false, protocol: null };
  const signal = AbortSignal.timeout(connectTimeoutSeconds * 1_000);
  const socket: Socket = connect({ host: address.ip, port: address.port });
  try {
    await once(socket, "connect", { signal });
    socket.write(sslRequest);
    const [answer] = (await once(socket, "data", { signal })) as [Buffer];
    if (answer[0] !== 0x53) {
      if (address.tlsMode === "prefer") return { offered: false, protocol: null };
      throw new LifeboatError("tls-not-offered", { host: address.host });
    }
    const secure = connectTls({ ...options, socket });
    await once(secure, "secureConnect", { signal });
    const protocol = secure.getProtocol();
    secure.destroy();
    return { offered: true, protocol };
  } catch (error) {
    if (signal.aborted)
      throw new LifeboatError("connection-timeout", { host: address.host, port: address.port, seconds: connectTimeoutSeconds });
    throw mapConnectionError(error, address, "");
  } finally {
    socket.destroy();
  }
}
