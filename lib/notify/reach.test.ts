import { expect, it, vi } from "vitest";
import { guardedLookup, resolveHost } from "./reach.ts";

const zone: Record<string, { address: string; family: number }[]> = {
  "metadata.example.org": [{ address: "169.254.169.254", family: 4 }],
  "mixed.example.org": [
    { address: "fe80::1", family: 6 },
    { address: "192.0.2.7", family: 4 },
  ],
};

vi.mock("node:dns", () => ({
  lookup: (name: string, _options: unknown, callback: (error: Error | null, found?: { address: string; family: number }[]) => void) => {
    const found = zone[name];
    if (found === undefined) callback(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
    else callback(null, found);
  },
}));

it("a name whose only address is a metadata service is refused, when it is used and not only when it was entered", async () => {
  await expect(resolveHost("metadata.example.org")).rejects.toMatchObject({
    code: "address-forbidden",
    params: { host: "metadata.example.org" },
  });
});

it("of a name's addresses only those are tried that may be", async () => {
  expect(await resolveHost("mixed.example.org")).toBe("192.0.2.7");
  const all = await new Promise((resolve) => {
    guardedLookup("mixed.example.org", { all: true }, (_error, found) => resolve(found));
  });
  expect(all).toEqual([{ address: "192.0.2.7", family: 4 }]);
});

it("a name that is not known says so", async () => {
  await expect(resolveHost("nowhere.example.org")).rejects.toMatchObject({ code: "ENOTFOUND" });
});
