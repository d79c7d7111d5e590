import { BlockList, isIP } from "node:net";

/** Headers between the web server and Next's handlers. Whatever comes in under this prefix is removed first. */
export const internalPrefix = "x-lifeboat-";
export const addressHeader = "x-lifeboat-address";
export const requestIdHeader = "x-lifeboat-request-id";
/** Path and query of the page that is asked for; set by the proxy, because pages are not told. */
export const pageHeader = "x-lifeboat-page";

/** `::ffff:10.0.0.1` is `10.0.0.1`; a zone (`%eth0`) is left out. */
function plainAddress(address: string): string {
  const withoutZone = address.split("%")[0] ?? "";
  return withoutZone.toLowerCase().startsWith("::ffff:") && isIP(withoutZone.slice(7)) === 4 ? withoutZone.slice(7) : withoutZone;
}

/** Builds the test for "is this one of our proxies" from addresses and CIDR ranges. Throws for an entry that is neither. */
export function trustedProxies(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const version = isIP(address);
    if (version === 0) throw new Error(`TRUSTED_PROXY: “${entry}” is neither an address nor a range`);
    const family = version === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * The address that a request counts for: the socket's, or, where the socket is a trusted proxy, the last address in
 * `X-Forwarded-For` that is not itself a trusted proxy. What stands further left was written by the client and is never believed.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let address = plainAddress(socketAddress ?? "");
  const hops = (forwardedFor ?? "").split(",").map((hop) => plainAddress(hop.trim()));
  while (isTrusted(address)) {
    const hop = hops.pop();
    if (hop === undefined || isIP(hop) === 0) break;
    address = hop;
  }
  return address === "" ? "unknown" : address;
}
