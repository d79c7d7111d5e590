import { describe, expect, it } from "vitest";
import { requestOrigin } from "./same-origin.ts";

const url = "https://lifeboat.example.org";

describe("the origin of a request", () => {
  it.each([
    [{ origin: "https://lifeboat.example.org", "sec-fetch-site": "same-origin" }, "same"],
    [{ "sec-fetch-site": "same-origin" }, "same"],
    [{ origin: "https://lifeboat.example.org" }, "same"],
    [{ origin: "http://192.168.1.5:3210", host: "192.168.1.5:3210" }, "same"],
    [{ origin: "https://evil.example", host: "lifeboat.example.org" }, "other"],
    [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }, "other"],
    [{ origin: "https://lifeboat.example.org", "sec-fetch-site": "cross-site" }, "other"],
    [{ "sec-fetch-site": "same-site" }, "other"],
    [{ "sec-fetch-site": "none" }, "other"],
    [{ origin: "null", "sec-fetch-site": "same-origin" }, "other"],
    [{ origin: "https://lifeboat.example.org.evil.example" }, "other"],
    [{ origin: "http://lifeboat.example.org" }, "other"],
    // What a proxy with TLS passes on when somebody in between answered for the plain address.
    [{ origin: "http://lifeboat.example.org", host: "lifeboat.example.org" }, "other"],
    [{}, "untold"],
  ])("%j is %s", (headers, expected) => {
    expect(requestOrigin(new Headers(headers as Record<string, string>), url)).toBe(expected);
  });
});
