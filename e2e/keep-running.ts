/**
 * For writing journeys: starts what they look at once, writes where it is into a file and stays until Ctrl-C.
 *
 *   node scripts/node24.mjs -- e2e/keep-running.ts /tmp/surroundings.json
 *   E2E_SURROUNDINGS="$(cat /tmp/surroundings.json)" node scripts/node24.mjs playwright test --workers=1 lists
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { startSurroundings } from "./start-surroundings.ts";

const path = process.argv[2];
if (path === undefined) throw new Error("name the file to write");
const { started, stop } = await startSurroundings();
writeFileSync(path, JSON.stringify([started]), { mode: 0o600 });
process.stdout.write(`${started.url}, written to ${path}. Ctrl-C stops it.\n`);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await stop();
