import { describe, expect, it } from "vitest";
import { clientAddress, trustedProxies } from "./client-address.ts";

const trusted = trustedProxies(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]);

describe("a client's address", () => {
  it.each([
    ["203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["203.0.113.9", undefined, "203.0.113.9"],
    ["::ffff:203.0.113.9", undefined, "203.0.113.9"],
    ["10.1.2.3", "198.51.100.1", "198.51.100.1"],
    ["::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"],
    ["10.1.2.3", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"],
    ["10.1.2.3", "10.7.7.7", "10.7.7.7"],
    ["10.1.2.3", "not an address", "10.1.2.3"],
    ["10.1.2.3", "1.1.1.1, nonsense", "10.1.2.3"],
    ["fd00::1", "2001:db8::7", "2001:db8::7"],
    ["fe80::1%eth0", undefined, "fe80::1"],
    [undefined, "1.2.3.4", "unknown"],
  ])("socket %s, forwarded for %s: %s", (socket, forwardedFor, expected) => {
    expect(clientAddress(socket, forwardedFor, trusted)).toBe(expected);
  });

  it("is the socket's when nobody is trusted, whatever is claimed", () => {
    expect(clientAddress("127.0.0.1", "9.9.9.9", trustedProxies([]))).toBe("127.0.0.1");
  });

  it("refuses a proxy that is no address", () => {
    expect(() => trustedProxies(["proxy.local"])).toThrow(/TRUSTED_PROXY: “proxy.local”/);
  });
});
