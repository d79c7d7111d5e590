import type { RestoreLineError } from "../port.ts";

const bound = 1_000;

function classOf(message: string, statement: string): RestoreLineError["class"] {
  if (
    /^COPY failed|invalid input|COPY .*, line \d+|duplicate key|violates|could not create unique index|out of memory|No space left/.test(
      message,
    )
  )
    return "data";
  if (/extension/i.test(message) && /not available|does not exist|must be superuser|permission denied|control file/.test(message))
    return "extension";
  if (/already exists/.test(message)) return "exists";
  if (/^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SET SESSION AUTHORIZATION)/.test(statement)) return "privileges";
  if (/OWNER TO/.test(statement) || /must be (owner|member|able to SET ROLE)|role ".*" does not exist/.test(message)) return "ownership";
  return /permission denied/.test(message) ? "privileges" : "other";
}

/**
 * Collects what `pg_restore --verbose` says: which entries are done, and every error with its entry and class. Lines come from
 * standard error, redacted. At most a thousand errors are kept; `total` counts all.
 *
 * With several jobs the leader and its workers write to one standard error, each message in pieces: the program's name, a space, the level, the text. A
 * piece of one may stand between two of another, so a name may be there twice, and a line may begin with any piece. The number that the last line
 * tells ("errors ignored on restore") is no check: with several jobs it counts some errors twice.
 */
export class RestoreLog {
  readonly errors: RestoreLineError[] = [];
  total = 0;
  readonly #done = new Set<string>();
  #entry = "";
  #open: { entry: string; message: string } | null = null;

  get entriesDone(): number {
    return this.#done.size;
  }

  get currentEntry(): string {
    return this.#entry;
  }

  /** Takes a line; true when it tells progress. */
  line(line: string): boolean {
    const text = /^\s*(?:pg_restore:\s*)+(.*)$/s.exec(line)?.[1] ?? /^\s*(error: (?:could not|COPY) .*)$/s.exec(line)?.[1];
    if (text === undefined) return this.#continue(line);
    const from = /^(?:from TOC entry|while processing TOC entry) (.*)$/i.exec(text)?.[1];
    if (from !== undefined) {
      this.#close();
      this.#entry = from;
      return false;
    }
    const error = /^(?:\[[^\]]*\] )?(?:error|fatal): (.*)$/s.exec(text)?.[1];
    if (error !== undefined) {
      this.#close();
      this.#open = { entry: this.#entry, message: error };
      return false;
    }
    return this.#progress(text);
  }

  end(): void {
    this.#close();
  }

  #progress(text: string): boolean {
    const item = /^(?:processing|finished) item (\d+) (.*)$/s.exec(text);
    const serial = /^(?:creating|executing|processing data for table|processing) (.*)$/s.exec(text);
    const done = item?.[1] ?? serial?.[1];
    if (done === undefined) return false;
    this.#close();
    this.#done.add(done);
    this.#entry = item?.[2] ?? done;
    return true;
  }

  #continue(line: string): boolean {
    const torn = /^\s*(?:finished|launching) item (\d+) |^\s*(?:creating [A-Z ]+|processing data for table) "/.exec(line);
    if (torn !== null) {
      if (torn[1] !== undefined && line.includes("finished")) this.#done.add(torn[1]);
      return true;
    }
    const open = this.#open;
    if (open === null) return false;
    const statement = /^Command was: (.*)$/s.exec(line)?.[1];
    if (statement !== undefined) this.#close(statement);
    else if (open.message.length < 2_000) open.message = `${open.message}\n${line}`;
    return false;
  }

  #close(statement = ""): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    this.total += 1;
    const message = open.message.replace(/^could not execute query: ERROR:\s+/, "").trim();
    if (this.errors.length >= bound) return;
    this.errors.push({ class: classOf(message, statement), entry: open.entry, message: message.slice(0, 2_000) });
  }
}
