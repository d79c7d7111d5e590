import { expect, it } from "vitest";
import { portProblem } from "./free-port.ts";

it("a port is opened to know that one can be", async () => {
  expect(await portProblem("127.0.0.1")).toBe(null);
  // An address for documents: no machine has it.
  expect(await portProblem("192.0.2.1")).toMatchObject({
    code: "sandbox-unavailable",
    params: { detail: expect.stringContaining("EADDRNOTAVAIL") },
  });
});
