/** What `pg_dumpall --globals-only` says of roles; everything else of it (tablespaces, rights on parameters, labels) is counted and left out. */
export type GlobalRoles = {
  readonly roles: readonly GlobalRole[];
  readonly memberships: readonly Membership[];
  /** `ALTER ROLE … SET`; values as the server lists them. */
  readonly settings: readonly { readonly role: string; readonly name: string; readonly values: readonly string[] }[];
  /** The first words of statements that were left out, each once. */
  readonly leftOut: readonly string[];
};

export type RoleAttribute = "SUPERUSER" | "INHERIT" | "CREATEROLE" | "CREATEDB" | "LOGIN" | "REPLICATION" | "BYPASSRLS";

export type GlobalRole = {
  readonly name: string;
  /** Those that are said; true: the role has it. */
  readonly attributes: ReadonlyMap<RoleAttribute, boolean>;
  /** -1: no limit. */
  readonly connectionLimit: number;
};

export type Membership = {
  readonly role: string;
  readonly member: string;
  readonly admin: boolean;
  /** Said since PostgreSQL 16; null: not said. */
  readonly inherit: boolean | null;
  readonly set: boolean | null;
};

type Token = { readonly type: "word" | "name" | "text" | "sign"; readonly value: string };

const attributes: ReadonlySet<string> = new Set(["SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "LOGIN", "REPLICATION", "BYPASSRLS"]);
/** Together; a server with more roles than this is not one that is rehearsed in a sandbox. */
const mostStatements = 100_000;

/**
 * Takes the text apart word by word, as PostgreSQL's own scanner does (quoted names, strings with and without `E`, comments), and keeps only
 * what it knows whole: nothing of the text itself is ever run.
 */
export function parseGlobals(sql: string): GlobalRoles {
  const roles = new Map<string, { attributes: Map<RoleAttribute, boolean>; connectionLimit: number }>();
  const memberships: Membership[] = [];
  const settings: GlobalRoles["settings"][number][] = [];
  const leftOut = new Set<string>();
  for (const tokens of statementsOf(sql)) {
    const statement = new Reader(tokens);
    if (statement.takeWords("CREATE", "ROLE")) {
      const name = statement.name();
      if (name !== null) roles.set(name, roles.get(name) ?? { attributes: new Map(), connectionLimit: -1 });
    } else if (statement.takeWords("ALTER", "ROLE")) {
      const name = statement.name();
      const setting = name === null ? null : statement.setting(name);
      if (setting !== null) settings.push(setting);
      else if (name !== null && statement.takeWords("WITH")) {
        const known = roles.get(name) ?? { attributes: new Map<RoleAttribute, boolean>(), connectionLimit: -1 };
        roles.set(name, known);
        statement.attributesInto(known);
      }
    } else if (statement.takeWords("GRANT")) {
      const membership = statement.membership();
      if (membership === null) leftOut.add(statement.head());
      else memberships.push(membership);
    } else if (!statement.isHarmless()) leftOut.add(statement.head());
  }
  return { roles: Array.from(roles, ([name, role]) => ({ name, ...role })), memberships, settings, leftOut: [...leftOut] };
}

/** One statement, read from its beginning on. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Goes on behind these words, or stays where it is. */
  takeWords(...words: string[]): boolean {
    const fits = words.every((word, index) => {
      const token = this.#tokens[this.#at + index];
      return token?.type === "word" && token.value.toUpperCase() === word;
    });
    if (fits) this.#at += words.length;
    return fits;
  }

  /** A name as the server understands it: without quotes in lower case. */
  name(): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || (token.type !== "word" && token.type !== "name")) return null;
    this.#at += 1;
    return token.type === "word" ? token.value.toLowerCase() : token.value;
  }

  /** `SET name TO value, …`; null for anything else, such as settings in one database, which are the database's own. */
  setting(role: string): GlobalRoles["settings"][number] | null {
    if (!this.takeWords("SET")) return null;
    let name = this.name();
    if (name === null) return null;
    while (this.#takeSign(".")) name += `.${this.name() ?? ""}`;
    if (!this.takeWords("TO") && !this.#takeSign("=")) return null;
    const values: string[] = [];
    do {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.type === "sign") return null;
      this.#at += 1;
      values.push(token.value);
    } while (this.#takeSign(","));
    return this.#isAtEnd() ? { role, name, values } : null;
  }

  /** What stands behind WITH; a password ends the reading: it is never recorded, and nothing behind it matters. */
  attributesInto(role: { attributes: Map<RoleAttribute, boolean>; connectionLimit: number }): void {
    for (let word = this.name(); word !== null; word = this.name()) {
      const upper = word.toUpperCase();
      const positive = upper.startsWith("NO") && attributes.has(upper.slice(2)) ? upper.slice(2) : upper;
      if (attributes.has(positive)) role.attributes.set(positive as RoleAttribute, positive === upper);
      else if (upper === "CONNECTION" && this.takeWords("LIMIT")) {
        const sign = this.#takeSign("-") ? -1 : 1;
        const limit = Number(this.name());
        if (Number.isSafeInteger(limit)) role.connectionLimit = Math.max(-1, sign * limit);
      } else if (upper === "PASSWORD") return;
      else if (upper === "VALID" && this.takeWords("UNTIL")) this.#at += 1;
    }
  }

  /** Behind GRANT: `role TO member [WITH …] [GRANTED BY …]`; null for rights on anything. */
  membership(): Membership | null {
    const begin = this.#at;
    const role = this.name();
    const member = role !== null && this.takeWords("TO") ? this.name() : null;
    if (role === null || member === null) {
      this.#at = begin;
      return null;
    }
    const found = { role, member, admin: false, inherit: null as boolean | null, set: null as boolean | null };
    if (this.takeWords("WITH")) {
      do {
        const option = this.name()?.toUpperCase();
        const isSaid = !this.takeWords("FALSE");
        if (isSaid && !this.takeWords("OPTION")) this.takeWords("TRUE");
        if (option === "ADMIN") found.admin = isSaid;
        if (option === "INHERIT") found.inherit = isSaid;
        if (option === "SET") found.set = isSaid;
      } while (this.#takeSign(","));
    }
    return found;
  }

  /** Settings of the dump's own session, and comments. */
  isHarmless(): boolean {
    return this.takeWords("SET") || this.takeWords("COMMENT") || this.takeWords("SELECT") || this.#tokens[0]?.value === "\\";
  }

  head(): string {
    return this.#tokens
      .slice(0, 6)
      .map(({ value }) => value)
      .join(" ")
      .slice(0, 120);
  }

  #takeSign(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.type !== "sign" || token.value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }
}

/** In turn: a comment, a psql command, a string with escapes, a string, a quoted name, a word or number, any other sign. */
const lexis =
  /--[^\n]*|\/\*[^]*?\*\/|^\\[^\n]*|[eE]'((?:[^'\\]|\\[^]|'')*)'|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([\p{L}\p{N}_][\p{L}\p{N}_$]*)|([^\s])/gmu;

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function* statementsOf(sql: string): Generator<Token[]> {
  let tokens: Token[] = [];
  let count = 0;
  for (const [, escaped, text, name, word, sign] of sql.matchAll(lexis)) {
    if (escaped !== undefined) {
      const value = escaped.replaceAll("''", "'").replaceAll(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter);
      tokens.push({ type: "text", value });
    } else if (text !== undefined) tokens.push({ type: "text", value: text.replaceAll("''", "'") });
    else if (name !== undefined) tokens.push({ type: "name", value: name.replaceAll('""', '"') });
    else if (word !== undefined) tokens.push({ type: "word", value: word });
    else if (sign === ";") {
      if (tokens.length > 0) yield tokens;
      tokens = [];
      if ((count += 1) > mostStatements) return;
    } else if (sign !== undefined) tokens.push({ type: "sign", value: sign });
  }
}
