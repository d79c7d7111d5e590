import { existsSync } from "node:fs";
import { join } from "node:path";

/** Node 24.7 brought argon2 and UUIDv7 into node:crypto. */
function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 7);
}

/**
 * Path of a Node.js that can run Lifeboat: the one that npm installed for this platform, else the running one when it is new
 * enough, else null (nothing installed yet, or a platform without a package and an older Node).
 */
export function findNode24(root) {
  const packaged = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(packaged)) return packaged;
  return isNewEnough(process.versions.node) ? process.execPath : null;
}
