import { failureOf, hear, say } from "./child-line.ts";
import type { ChildRequest } from "./child-protocol.ts";
import { work } from "./child-work.ts";

// The process that opens database files. One of its own, because SQLite works synchronously, because a file cut short under a memory
// map ends the process that reads it, and because SQLite's locks are the process's: nothing that this installation does elsewhere with
// the file can drop them.
const line = hear();
if (line === null) process.exit(2);
const request = JSON.parse(line) as ChildRequest;
try {
  await work(request);
} catch (error) {
  say(failureOf(error, request.path));
  process.exitCode = 1;
}
