/** What one statement of a script means for its run in a sandbox. Text without comments and without its semicolon. */
export type StatementFacts = {
  /** Rows follow on the next lines, up to `\.`. */
  readonly copiesRows: boolean;
  /** Why the statement must not run at all; null when it may. */
  readonly forbidden: string | null;
  /**
   * `owner`: gives an object to a role, and is carried out afterwards by somebody who may. `database`: makes, removes or changes the database
   * itself, which the sandbox has made already. `clean`: removes what an empty database does not have; that is so up to the first statement
   * that makes something.
   */
  readonly leaveOut: "owner" | "database" | "clean" | null;
  /** Roles that have to be there, as the catalogue has their names. */
  readonly roles: readonly string[];
  readonly extension: { readonly name: string; readonly schema: string | null } | null;
  readonly encoding: string | null;
  /** `SET search_path`: what names without a schema mean from here on. */
  readonly searchPath: string | null;
  /**
   * `bracket`: begins a transaction or commits it, which can be left out where the whole script is one; `breaks`: takes something back, or hands
   * it over to another session, and cannot.
   */
  readonly transaction: "bracket" | "breaks" | null;
};

const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const qualified = String.raw`${name}(?:\s*\.\s*${name})*`;
const nothing: StatementFacts = {
  copiesRows: false,
  forbidden: null,
  leaveOut: null,
  roles: [],
  extension: null,
  encoding: null,
  searchPath: null,
  transaction: null,
};

/** First words of statements that mean anything here; all others (rows of data above all) are not looked at. */
export const meaningfulWords: ReadonlySet<string> = new Set(
  "abort alter begin comment commit copy create drop end grant prepare reassign revoke rollback security set start".split(" "),
);

/** Reads one statement. Only its first words and its names are understood; the server understands the rest. */
export function readStatement(text: string): StatementFacts {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? "";
  switch (word) {
    case "copy":
      return readCopy(text);
    case "set":
      return readSet(text);
    case "create":
      return readCreate(text);
    case "alter":
      return readAlter(text);
    case "grant":
    case "revoke":
      if (/\bon\s+database\b/i.test(withoutQuoted(text))) return { ...nothing, leaveOut: "database" };
      return { ...nothing, roles: granteesOf(text) };
    case "drop":
      return { ...nothing, leaveOut: /^\s*drop\s+database\b/i.test(text) ? "database" : "clean" };
    case "begin":
    case "start":
    case "end":
      return { ...nothing, transaction: "bracket" };
    case "commit":
      return { ...nothing, transaction: /^\s*commit\s+prepared\b/i.test(text) ? "breaks" : "bracket" };
    case "abort":
      return { ...nothing, transaction: "breaks" };
    case "rollback":
      return { ...nothing, transaction: /^\s*rollback(?:\s+(?:work|transaction))?\s+to\b/i.test(text) ? null : "breaks" };
    case "prepare":
      return { ...nothing, transaction: /^\s*prepare\s+transaction\b/i.test(text) ? "breaks" : null };
    case "comment":
    case "security":
      return /^\s*(?:comment|security\s+label(?:\s+for\s+\S+)?)\s+on\s+database\b/i.test(text)
        ? { ...nothing, leaveOut: "database" }
        : nothing;
    default:
      return nothing;
  }
}

/** Quoted names and literals may hold anything: what they say must not be taken for words. */
function withoutQuoted(text: string): string {
  return text.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, (quoted) => quoted.slice(0, 1) + quoted.slice(-1));
}

function readCopy(text: string): StatementFacts {
  const words = withoutQuoted(text);
  if (/\b(?:from|to)\s+program\b/i.test(words)) return { ...nothing, forbidden: "COPY with a program of the server" };
  if (/\b(?:from|to)\s+[eu]?&?'/i.test(words)) return { ...nothing, forbidden: "COPY with a file of the server" };
  return { ...nothing, copiesRows: /\bfrom\s+stdin\b/i.test(withoutParentheses(words)) };
}

/** A query that is copied may read a table called `stdin`; what stands in parentheses is never where rows come from. */
function withoutParentheses(words: string): string {
  let depth = 0;
  return words.replace(/[()]|[^()]+/g, (part) => {
    if (part === "(") depth += 1;
    else if (part === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) return part;
    return " ";
  });
}

const quoted = /\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1/gi;

/**
 * True while a function's body of SQL (`BEGIN ATOMIC … END`) is open: its semicolons end no statement, as psql counts it. What stands in
 * such a body only looks like a statement of the script.
 */
export function isInBody(text: string): boolean {
  if (!/^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i.test(text) || !/\bbegin\b/i.test(text)) return false;
  let depth = 0;
  for (const [word] of withoutParentheses(text.replace(quoted, " ")).matchAll(/(?<![\w$])(?:begin|case|end)(?![\w$])/gi)) {
    const lower = word.toLowerCase();
    if (lower === "begin" || (lower === "case" && depth > 0)) depth += 1;
    if (lower === "end" && depth > 0) depth -= 1;
  }
  return depth > 0;
}

const searchPath = new RegExp(String.raw`^\s*set\s+search_path\s*(?:=|\bto\b)\s*(?:''|${name}(?:\s*,\s*${name})*)\s*$`, "iu");

function readSet(text: string): StatementFacts {
  const [, key, value] = /^\s*set\s+(?:session\s+|local\s+)?([a-z_]+)\s*(?:=|\bto\b)\s*'?([^'\s]+)'?\s*$/i.exec(text) ?? [];
  // What a backslash in a literal means would then depend on it; PostgreSQL itself has given the setting up.
  if (key?.toLowerCase() === "standard_conforming_strings" && /^(?:off|false|no|0)$/i.test(value ?? "")) {
    return { ...nothing, forbidden: "standard_conforming_strings = off" };
  }
  if (key?.toLowerCase() === "client_encoding") return { ...nothing, encoding: (value ?? "").toUpperCase() };
  if (searchPath.test(text)) return { ...nothing, searchPath: text.trim() };
  const role = new RegExp(String.raw`^\s*set\s+(?:session\s+|local\s+)?role\s+(${name})\s*$`, "iu").exec(text)?.[1];
  return role === undefined ? nothing : { ...nothing, roles: rolesIn(role) };
}

function readCreate(text: string): StatementFacts {
  if (/^\s*create\s+database\b/i.test(text)) return { ...nothing, leaveOut: "database" };
  // A new database has it, and pg_dump makes it again after it dropped it.
  if (/^\s*create\s+schema\s+public\s*$/i.test(text)) return { ...nothing, leaveOut: "clean" };
  // Before it drops a view that others hang on, pg_dump takes what it says out of it.
  if (/^\s*create\s+or\s+replace\s+view\s[^;]*\bas\s+select\s+null::/i.test(text)) return { ...nothing, leaveOut: "clean" };
  const extension = new RegExp(
    String.raw`^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(${name})(?:\s+with)?(?:\s+schema\s+(${name}))?`,
    "iu",
  ).exec(text);
  if (extension !== null) {
    return { ...nothing, extension: { name: bare(extension[1] ?? ""), schema: extension[2] === undefined ? null : bare(extension[2]) } };
  }
  const policy = new RegExp(String.raw`^\s*create\s+policy\s[\s\S]*?\sto\s+(${name}(?:\s*,\s*${name})*)`, "iu").exec(text)?.[1];
  if (policy !== undefined) return { ...nothing, roles: rolesIn(policy) };
  const owner = new RegExp(String.raw`^\s*create\s+schema\s[^;]*?\bauthorization\s+(${name})`, "iu").exec(text)?.[1];
  const mapped = new RegExp(String.raw`^\s*create\s+user\s+mapping\s+(?:if\s+not\s+exists\s+)?for\s+(${name})`, "iu").exec(text)?.[1];
  return { ...nothing, roles: rolesIn(owner ?? mapped ?? "") };
}

const ownedKinds = [
  "table",
  "sequence",
  "view",
  String.raw`materialized\s+view`,
  String.raw`foreign\s+table`,
  "function",
  "procedure",
  "aggregate",
  "routine",
  "type",
  "domain",
  "schema",
  "operator",
  String.raw`operator\s+(?:class|family)`,
  "collation",
  "conversion",
  String.raw`text\s+search\s+(?:dictionary|configuration)`,
  String.raw`(?:procedural\s+)?language`,
  String.raw`large\s+object`,
  "statistics",
  "publication",
].join("|");
const argumentList = String.raw`\((?:[^()'"$;]|"(?:[^"]|"")*"|\([^()'"$;]*\))*\)`;
/** Nothing but a kind, a name with arguments, and a role: it can be repeated by a superuser without carrying anything else along. */
const giveAway = new RegExp(
  String.raw`^\s*alter\s+(?:${ownedKinds})\s+(?:if\s+exists\s+)?(?:only\s+)?(?:${qualified}|(?:${name}\s*\.\s*)?[-+*/<>=~!@#%^&|?]+|\d+)\s*(?:${argumentList})?(?:\s+using\s+${name})?\s+owner\s+to\s+(${name})\s*$`,
  "iu",
);

/**
 * A superuser repeats these statements, so `current_user` would be that superuser; and what is given to a role of the server's own (they may
 * run programs and write files) runs in its name: autovacuum evaluates an index's functions as the table's owner.
 */
function isOwnable(owner: string): boolean {
  const [role] = rolesIn(owner);
  return role !== undefined && (!role.startsWith("pg_") || role === "pg_database_owner");
}

/** What pg_dump --clean undoes before it drops a table. */
const undoes = /^\s*alter\s+table\s[^;]*\s(?:drop\s+constraint|alter\s+column\s+\S+\s+drop\s+default|detach\s+partition)\b/i;

function readAlter(text: string): StatementFacts {
  if (undoes.test(text)) return { ...nothing, leaveOut: "clean" };
  if (/^\s*alter\s+database\b/i.test(text)) return { ...nothing, leaveOut: "database" };
  const given = giveAway.exec(text);
  if (given !== null && isOwnable(given[1] ?? "")) return { ...nothing, leaveOut: "owner", roles: rolesIn(given[1] ?? "") };
  if (/^\s*alter\s+default\s+privileges\b/i.test(text)) {
    const owners = new RegExp(String.raw`\bfor\s+(?:role|user)\s+(${name}(?:\s*,\s*${name})*)`, "iu").exec(text)?.[1];
    return { ...nothing, roles: [...rolesIn(owners ?? ""), ...granteesOf(text)] };
  }
  const owner = new RegExp(String.raw`\bowner\s+to\s+(${name})`, "iu").exec(text)?.[1];
  const policy = new RegExp(String.raw`^\s*alter\s+policy\s[\s\S]*?\sto\s+(${name}(?:\s*,\s*${name})*)`, "iu").exec(text)?.[1];
  return { ...nothing, roles: [...rolesIn(owner ?? ""), ...rolesIn(policy ?? "")] };
}

/** The roles behind the last TO (of a grant) or FROM (of a revoke), and behind GRANTED BY. */
function granteesOf(text: string): string[] {
  const lists = [
    ...text.matchAll(new RegExp(String.raw`\s(?:to|from)\s+((?:group\s+)?${name}(?:\s*,\s*(?:group\s+)?${name})*)`, "giu")),
  ].map((match) => match[1] ?? "");
  const by = new RegExp(String.raw`\bgranted\s+by\s+(${name})`, "iu").exec(text)?.[1] ?? "";
  return [...rolesIn(lists.at(-1) ?? ""), ...rolesIn(by)];
}

const noRoles: ReadonlySet<string> = new Set(["public", "current_user", "current_role", "session_user"]);

function rolesIn(list: string): string[] {
  const found: string[] = [];
  for (const [quoted] of list.replace(/(^|,)\s*group\s+/gi, "$1").matchAll(new RegExp(name, "gu"))) {
    if (quoted.startsWith('"') || !noRoles.has(quoted.toLowerCase())) found.push(bare(quoted));
  }
  return found;
}

/** A name as the catalogue has it: unquoted ones are folded. */
function bare(quoted: string): string {
  return quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted.toLowerCase();
}
