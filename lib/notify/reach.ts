import type { LookupFunction } from "node:net";
import { lookup } from "node:dns";
import { LifeboatError } from "../domain/error.ts";
import { isForbiddenIp } from "../domain/ip-address.ts";

/** A host as a URL writes it, without the brackets of an IPv6 address. */
export function plainHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Throws `address-forbidden` { host } for link-local and metadata addresses, and for a name's address that is one (`resolved`). */
export function refuseForbidden(host: string, resolved: string = host): void {
  if (isForbiddenIp(resolved)) throw new LifeboatError("address-forbidden", { host });
}

/** Resolves names as sockets do, and passes on no address that is link-local or a metadata service: what was checked is what is connected to. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, "", 0);
    const allowed = found.filter(({ address }) => !isForbiddenIp(address));
    const [first] = allowed;
    if (first === undefined) return callback(new LifeboatError("address-forbidden", { host: hostname }), "", 0);
    if (options.all === true) return callback(null, allowed);
    return callback(null, first.address, first.family);
  });
};

/** The first address of a name that may be connected to. Throws `address-forbidden`, or what the name server said. */
export async function resolveHost(host: string): Promise<string> {
  refuseForbidden(host);
  return new Promise((resolve, reject) => {
    guardedLookup(host, { all: false }, (error, address) => {
      if (error === null && typeof address === "string") resolve(address);
      else reject(error ?? new Error("the name has no address"));
    });
  });
}
