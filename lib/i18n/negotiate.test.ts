import { describe, expect, it } from "vitest";
import { isTimeZone, negotiateLocale, negotiateTimeZone } from "./negotiate.ts";

describe("the language of a page", () => {
  it("is what the person chose, before what the browser says", () => {
    expect(negotiateLocale("es", "en", "en")).toBe("es");
    expect(negotiateLocale(null, "es", "en")).toBe("es");
  });

  it.each([
    ["es-MX,es;q=0.9,en;q=0.8", "es"],
    ["de-DE,de;q=0.9,es;q=0.5,en;q=0.4", "es"],
    ["en;q=0.3, ES;q=0.7", "es"],
    ["es;q=0, en", "en"],
    ["fr,de", "en"],
    ["", "en"],
    ["*", "en"],
    [";;;,q=", "en"],
  ])("is read from Accept-Language %j as %s", (header, expected) => {
    expect(negotiateLocale(null, undefined, header)).toBe(expected);
  });

  it("ignores a choice that is not ours", () => {
    expect(negotiateLocale("xx", "../../etc", null)).toBe("en");
  });
});

describe("the time zone", () => {
  it("is the person's, else the browser's, else UTC", () => {
    expect(negotiateTimeZone("Europe/Berlin", "America/New_York")).toBe("Europe/Berlin");
    expect(negotiateTimeZone(null, "America/New_York")).toBe("America/New_York");
    expect(negotiateTimeZone(null, undefined)).toBe("UTC");
  });

  it("is never a name that would make every page throw", () => {
    expect(isTimeZone("Mars/Olympus")).toBe(false);
    expect(isTimeZone("")).toBe(false);
    expect(negotiateTimeZone("Mars/Olympus", "nonsense")).toBe("UTC");
  });
});
