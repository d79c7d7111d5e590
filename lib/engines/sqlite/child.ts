import { checkDatabase, countLive, lookAtDatabase } from "./child-check.ts";
import { copyDatabase } from "./child-copy.ts";
import { failureOf, hear, say } from "./child-line.ts";
import type { ChildRequest } from "./child-protocol.ts";
import { replaceDatabase } from "./child-replace.ts";

/**
 * The process that opens database files. One of its own, because SQLite works synchronously, because a file cut short under a memory map
 * ends the process that reads it, and because SQLite's locks are the process's: whatever else this installation does with the file
 * cannot drop them.
 */
async function work(request: ChildRequest): Promise<void> {
  switch (request.command) {
    case "look":
      return lookAtDatabase(request);
    case "count":
      return countLive(request);
    case "copy":
      return copyDatabase(request);
    case "check":
      return checkDatabase(request);
    case "replace":
      return replaceDatabase(request);
    default:
      return request satisfies never;
  }
}

const line = hear();
if (line === null) process.exit(2);
const request = JSON.parse(line) as ChildRequest;
try {
  await work(request);
} catch (error) {
  say(failureOf(error, request.path));
  process.exitCode = 1;
}
