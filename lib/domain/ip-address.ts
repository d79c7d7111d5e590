/** Bytes of an IPv4 address in dotted form (four decimal numbers, no leading zeros); null for anything else. */
export function parseIpv4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

/** Sixteen bytes of an IPv6 address without zone, with or without an embedded IPv4 tail; null for anything else. */
export function parseIpv6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2 || !/^[0-9a-f:.]+$/i.test(text)) return null;
  const head = groupBytes(halves[0]!);
  const tail = halves.length === 2 ? groupBytes(halves[1]!) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groupBytes(text: string): number[] | null {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (group.includes(".")) {
      const ipv4 = index === groups.length - 1 ? parseIpv4(group) : null;
      if (ipv4 === null) return null;
      bytes.push(...ipv4);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return null;
  }
  return bytes;
}

const forbiddenIpv4 = new Set(["100.100.100.200", "168.63.129.16", "192.0.0.192", "255.255.255.255"]);

function isForbiddenIpv4(bytes: readonly number[]): boolean {
  const [a, b] = bytes as [number, number];
  return a === 0 || (a === 169 && b === 254) || (a >= 224 && a <= 239) || forbiddenIpv4.has(bytes.join("."));
}

/** The clouds' metadata services that have an IPv6 address of their own (AWS, Google). */
const metadataIpv6 = new Set(["fd00:ec2::254", "fd20:ce::254"].map((text) => parseIpv6(text)!.join(".")));

/**
 * True for addresses that no database server has but that would answer with the host's own credentials or settings: link-local,
 * the clouds' metadata services, unspecified and multicast, also when an IPv4 address hides in an IPv6 one (mapped, NAT64, 6to4).
 * False for what is no IP address at all.
 */
export function isForbiddenIp(text: string): boolean {
  const plain = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const ipv4 = parseIpv4(plain);
  if (ipv4 !== null) return isForbiddenIpv4(ipv4);
  const ipv6 = parseIpv6(plain);
  if (ipv6 === null) return false;
  const [a, b] = ipv6 as [number, number];
  if (a === 0xff || (a === 0xfe && (b & 0xc0) === 0x80) || metadataIpv6.has(ipv6.join("."))) return true;
  if (ipv6.slice(0, 15).every((byte) => byte === 0)) return ipv6[15] === 0;
  const mapped = ipv6.slice(0, 10).every((byte) => byte === 0) && ipv6[10] === ipv6[11] && (ipv6[10] === 0xff || ipv6[10] === 0);
  const nat64 = a === 0 && b === 0x64 && ipv6[2] === 0xff && ipv6[3] === 0x9b;
  if (mapped || nat64) return isForbiddenIpv4(ipv6.slice(12));
  return a === 0x20 && b === 0x02 && isForbiddenIpv4(ipv6.slice(2, 6));
}
