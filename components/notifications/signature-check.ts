// Filled in, so that nothing takes the example for an import of this file.
const library = `"node:crypto"`;

/** How a receiver checks that a request came from this Lifeboat; the same as in docs/webhooks.md, without any real key. */
export const signatureCheck = `import { createHmac, timingSafeEqual } from ${library};

export function isFromLifeboat(headers, body, key) {
  const timestamp = headers["lifeboat-timestamp"];
  const expected = "v1=" + createHmac("sha256", key).update(timestamp + "." + body).digest("hex");
  const given = Buffer.from(headers["lifeboat-signature"] ?? "");
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  return isFresh && given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}`;
