/**
 * For writing journeys: starts what they look at once, writes where it is into a file and stays until Ctrl-C.
 *
 *   node scripts/node24.mjs -- e2e/keep-running.ts /tmp/surroundings.json
 *   E2E_SURROUNDINGS="$(cat /tmp/surroundings.json)" node scripts/node24.mjs playwright test --workers=1 lists
 */
import { writeFileSync } from "node:fs";
import { startSurroundings } from "./start-surroundings.ts";

const path = process.argv[2];
if (path === undefined) throw new Error("name the file to write");
// Ctrl-C comes from the terminal and once more through node24.mjs, also while all is started: none of them may end us before what we started.
const asked = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => asked.resolve());
const { started, stop } = await startSurroundings();
writeFileSync(path, JSON.stringify([started]), { mode: 0o600 });
process.stdout.write(`${started.url}, written to ${path}. Ctrl-C stops it.\n`);
await asked.promise;
await stop();
