import type { Environment } from "#lib/domain/backup-state";

/** A first guess from a database's name. Whatever names nothing else is taken for production, the careful side. */
export function guessEnvironment(database: string): Environment {
  if (/(^|[_-])(dev|development|test|local)([_-]|$)/i.test(database)) return "development";
  return /(^|[_-])(stag|staging|stage|preprod)([_-]|$)/i.test(database) ? "staging" : "production";
}
