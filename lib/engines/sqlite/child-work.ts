import { checkDatabase, countLive, lookAtDatabase } from "./child-check.ts";
import { copyDatabase } from "./child-copy.ts";
import type { ChildRequest } from "./child-protocol.ts";
import { queryDatabase } from "./child-query.ts";
import { replaceDatabase } from "./child-replace.ts";

/** What the child is there for, one thing each time it is started. */
export async function work(request: ChildRequest): Promise<void> {
  switch (request.command) {
    case "look":
      return lookAtDatabase(request);
    case "count":
      return countLive(request);
    case "copy":
      return copyDatabase(request);
    case "check":
      return checkDatabase(request);
    case "query":
      return queryDatabase(request);
    case "replace":
      return replaceDatabase(request);
    default:
      return request satisfies never;
  }
}
