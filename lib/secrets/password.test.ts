import { expect, it } from "vitest";
import { dummyHash, hashPassword, verifyPassword } from "./password.ts";

it("accepts the right password and no other", async () => {
  const stored = await hashPassword("correct horse battery");
  expect(stored).toMatch(/^argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword("correct horse battery", stored)).toBe(true);
  expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
});

it("takes one password typed on two keyboards for the same", async () => {
  expect(await verifyPassword("contrasen\u0303a-larga", await hashPassword("contrase\u00f1a-larga"))).toBe(true);
});

it("salts, and refuses what is no hash of ours", async () => {
  expect(await hashPassword("same password")).not.toBe(await hashPassword("same password"));
  for (const stored of ["", "none", "plain", "argon2id$v=19$m=1,t=1,p=1$$", "argon2i$v=19$m=8,t=1,p=1$YWJj$YWJj"]) {
    expect(await verifyPassword("plain", stored)).toBe(false);
  }
});

it("has a dummy that costs as much as a real hash and matches nothing", async () => {
  expect((await dummyHash()).split("$").slice(0, 3)).toEqual((await hashPassword("x")).split("$").slice(0, 3));
  expect(await verifyPassword("", await dummyHash())).toBe(false);
});
