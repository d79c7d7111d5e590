import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createRootHash } from "./segment-table.ts";

it.each([0, 1, 255, 256, 257, 1000])("the root hash of %i segments is SHA-256 over each one's length and digest in order", (count) => {
  const root = createRootHash();
  const plain = createHash("sha256");
  for (let at = 0; at < count; at += 1) {
    const digest = randomBytes(32);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(at + 1);
    root.update(at + 1, digest);
    plain.update(length).update(digest);
  }
  expect(root.digest()).toBe(plain.digest("hex"));
});
