import { describe, expect, it } from "vitest";
import { attachment, safeFileName } from "./content-disposition.ts";

describe("a download's name", () => {
  it("keeps any script", () => {
    const header = attachment("Ñandú 表_20261121T020000Z_full.dump");
    expect(header).toBe(
      `attachment; filename="_and_ __20261121T020000Z_full.dump"; filename*=UTF-8''%C3%91and%C3%BA%20%E8%A1%A8_20261121T020000Z_full.dump`,
    );
    expect(decodeURIComponent(header.split("''")[1] ?? "")).toBe("Ñandú 表_20261121T020000Z_full.dump");
  });

  it.each([
    "a\r\nSet-Cookie: x=1",
    'a"; filename=evil.sh; "',
    "../../etc/passwd",
    "a\u0000b",
    "..",
    "",
    "C:\\x",
    "\u202egpj.exe",
    "-rf",
    "%2e%2e%2f",
  ])("cannot leave the header or the folder: %j", (name) => {
    const header = attachment(name);
    // oxlint-disable-next-line no-control-regex
    expect(header).toMatch(/^attachment; filename="[^"\\/%\u0000-\u001f]+"; filename\*=UTF-8''[A-Za-z0-9.%~_!-]+$/);
    expect(safeFileName(name)).not.toMatch(/[/\\]|^\.|^$/);
  });
});
