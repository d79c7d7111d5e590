/** Why a database counts as production. */
export type ProductionReason = "listed" | "marked" | "named";

export type ProductionAsk = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The database's comment; empty without one. */
  readonly comment: string;
  /** LIFEBOAT_PRODUCTION_DATABASES: `name`, `host/name` or `host:port/name`, `*` for any characters. */
  readonly listed: readonly string[];
};

const productionWord = /(?:^|[^a-z])(?:prod|production|prd|live)(?:$|[^a-z])/i;
const mark = /\blifeboat:\s*production\b/i;
const unmark = /\blifeboat:\s*(?:development|staging|test)\b/i;

/**
 * Whether a target is production, and why: it is listed in the environment, its comment says `lifeboat:production`, or its name or its host has
 * the word prod, production, prd or live in it (a comment `lifeboat:staging`, `lifeboat:test` or `lifeboat:development` overrules a name alone).
 */
export function productionReason(ask: ProductionAsk): ProductionReason | null {
  if (ask.listed.some((pattern) => matches(pattern, ask))) return "listed";
  if (mark.test(ask.comment)) return "marked";
  if (unmark.test(ask.comment)) return null;
  return productionWord.test(ask.database) || productionWord.test(ask.host) ? "named" : null;
}

function matches(pattern: string, { host, port, database }: ProductionAsk): boolean {
  const slash = pattern.lastIndexOf("/");
  if (!like(pattern.slice(slash + 1), database)) return false;
  if (slash < 0) return true;
  const place = pattern.slice(0, slash);
  return like(place, host) || like(place, `${host}:${port}`);
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .split("*")
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(".*");
  return new RegExp(`^${source}$`, "is").test(text);
}

export function productionText(reason: ProductionReason): string {
  switch (reason) {
    case "listed":
      return "it stands in LIFEBOAT_PRODUCTION_DATABASES";
    case "marked":
      return "its comment says lifeboat:production";
    case "named":
      return "its name or its host says so";
  }
}
