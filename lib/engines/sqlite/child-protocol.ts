import type { ErrorCode, Params } from "#lib/domain/error";

/** What the child is asked, as the first line of its standard input. `identity` is device and inode of what must be opened. */
export type ChildRequest =
  | { readonly command: "look"; readonly path: string; readonly identity: string }
  | { readonly command: "count"; readonly path: string; readonly identity: string }
  | { readonly command: "copy"; readonly path: string; readonly identity: string; readonly to: string; readonly busyMs: number }
  | { readonly command: "check"; readonly path: string }
  | { readonly command: "query"; readonly path: string; readonly sql: string; readonly maxRows: number }
  | {
      readonly command: "replace";
      readonly temporary: string;
      readonly path: string;
      readonly identity: string;
      readonly ignoreOpenFile: boolean;
      readonly busyMs: number;
      /** Where the old file may be copied to, to be compared with `oldSha256`; null: it is not compared. */
      readonly scratch: string;
      readonly oldSha256: string | null;
    };

/** What the child says, one line of JSON each. */
export type ChildEvent =
  | { readonly event: "failed"; readonly code: ErrorCode; readonly params: Params }
  | { readonly event: "file"; readonly journalMode: string; readonly tables: number; readonly pageBytes: number; readonly bytes: number }
  | { readonly event: "copying"; readonly bytesDone: number; readonly bytesTotal: number }
  | {
      readonly event: "copied";
      /** Milliseconds since the epoch: the moment whose state the copy has. */
      readonly at: number;
      readonly pages: number;
      readonly journalMode: string;
      readonly restarts: number;
    }
  | { readonly event: "table"; readonly table: string; readonly rows: number }
  | { readonly event: "problem"; readonly text: string }
  | { readonly event: "foreign-key"; readonly text: string }
  | { readonly event: "foreign-keys"; readonly count: number }
  | { readonly event: "columns"; readonly columns: readonly string[] }
  | { readonly event: "row"; readonly cells: readonly (string | null)[] }
  | { readonly event: "more" }
  | { readonly event: "ready"; readonly isSame: boolean }
  | { readonly event: "replaced" };

/** What allows the rename, as a line of standard input: the time at which the caller was sure, in milliseconds since the epoch. */
export type ChildGo = { readonly goAt: number };
