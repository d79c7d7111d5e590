import { expect, it } from "vitest";
import { parentOf } from "./folder-path.ts";

it.each([
  ["/srv/old", ["/srv/old"], null],
  ["/srv/old/", ["/srv/old"], null],
  ["/srv/old/2024", ["/srv/old"], "/srv/old"],
  ["/srv/old/2024/", ["/srv/old/"], "/srv/old/2024".replace("/2024", "")],
  ["/mnt/a b/c", ["/srv", "/mnt"], "/mnt/a b"],
  ["/x", ["/srv"], null],
])("leads one folder up and not out of what is allowed: %s", (path, roots, parent) => {
  expect(parentOf(path, roots)).toBe(parent);
});
