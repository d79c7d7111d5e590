import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { LifeboatError } from "#lib/domain/error";
import { isForbiddenIp } from "#lib/domain/ip-address";
import { validateHost } from "#lib/domain/server-address";
import type { ServerAddress } from "../port.ts";
import { isSocketFolder, requireOwnSocketFolder } from "./socket-folder.ts";

export const connectTimeoutSeconds = 10;

/**
 * A server whose name was resolved and checked; every connection goes to this one IP, so that a second answer of DNS cannot redirect it.
 * For the socket of a sandbox `ip` is its folder, too.
 */
export type PinnedAddress = ServerAddress & { readonly ip: string };

/** Resolves a host and refuses link-local and metadata addresses. Throws `host-unknown`, `address-invalid`, `address-forbidden`. */
export async function resolveHost(host: string): Promise<string[]> {
  validateHost(host);
  let found: string[];
  try {
    found = (await lookup(host, { all: true, verbatim: true })).map((answer) => answer.address);
  } catch (error) {
    throw new LifeboatError("host-unknown", { host }, { cause: error });
  }
  if (found.length === 0) throw new LifeboatError("host-unknown", { host });
  if (found.some((ip) => isForbiddenIp(ip))) throw new LifeboatError("address-forbidden", { host });
  return found;
}

/** Opens and closes a connection; milliseconds it took. Throws `connection-refused` or `connection-timeout`. */
export async function probePort(ip: string, address: ServerAddress, signal?: AbortSignal): Promise<number> {
  const { host, port } = address;
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: ip, port, ...(signal === undefined ? {} : { signal }) });
    const timeout = () => reject(new LifeboatError("connection-timeout", { host, port, seconds: connectTimeoutSeconds }));
    socket.setTimeout(connectTimeoutSeconds * 1_000, () => {
      timeout();
      socket.destroy();
    });
    socket.once("connect", () => {
      resolve();
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (error.code === "ETIMEDOUT") timeout();
      else reject(new LifeboatError("connection-refused", { host, port }, { cause: error }));
    });
  });
  return Math.round(performance.now() - begun);
}

/** Resolves a server and pins the first of its IPs that answers. */
export async function pinAddress(address: ServerAddress, signal?: AbortSignal): Promise<PinnedAddress> {
  if (isSocketFolder(address.host)) {
    await requireOwnSocketFolder(address.host, address.port);
    // There is nobody in between: TLS is for networks.
    return { ...address, tlsMode: "disable", ip: address.host };
  }
  const found = await resolveHost(address.host);
  let last: unknown;
  for (const ip of found) {
    if (found.length === 1) return { ...address, ip };
    try {
      await probePort(ip, address, signal);
      return { ...address, ip };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
