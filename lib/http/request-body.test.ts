import { describe, expect, it } from "vitest";
import { readJson } from "./request-body.ts";

function request(body: ReadableStream<Uint8Array> | string): Request {
  const headers = { "content-type": "application/json" };
  return new Request("http://localhost/", { method: "POST", headers, body, ...(typeof body === "string" ? {} : { duplex: "half" }) });
}

describe("the body of a request", () => {
  it("is read as JSON; none is an empty object", async () => {
    expect(await readJson(request('{"a":1}'))).toEqual({ value: { a: 1 }, raw: '{"a":1}' });
    expect(await readJson(new Request("http://localhost/", { method: "POST" }))).toEqual({ value: {}, raw: "" });
  });

  it("that breaks off is a fault of whoever sent it, not of the catalogue", async () => {
    let parts = 0;
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        parts += 1;
        if (parts === 1) controller.enqueue(new TextEncoder().encode('{"a":'));
        else controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
      },
    });
    await expect(readJson(request(broken))).rejects.toMatchObject({ code: "invalid-json" });
  });

  it("is read up to its limit", async () => {
    await expect(readJson(request(JSON.stringify("x".repeat(100))), 50)).rejects.toMatchObject({ code: "payload-too-large" });
  });
});
