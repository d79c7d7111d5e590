import { failed, found, type Judgement, missing, passed } from "./drill-judgement.ts";

/** An object as a dump names it. Grants are objects of their own, of type `ACL` or `DEFAULT ACL`. */
export type NamedObject = {
  readonly type: string;
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly grants: readonly string[];
  readonly isNotValid?: boolean;
};

/** What one side, the archive or a dump of the copy, names. */
export type NamedObjects = { readonly serverVersion: string; readonly objects: readonly NamedObject[] };

const tableTypes: ReadonlySet<string> = new Set(["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW"]);
const constraintTypes: ReadonlySet<string> = new Set(["CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "INDEX"]);
const grantTypes: ReadonlySet<string> = new Set(["ACL", "DEFAULT ACL"]);

/** Judged by `constraints`, `roles` and `extensions`. */
const isElsewhere = ({ type }: NamedObject) => constraintTypes.has(type) || grantTypes.has(type) || type === "EXTENSION";

/** Every table, view, function, type, sequence, trigger … that the archive names is in the copy. */
export function judgePresence(archive: NamedObjects, copy: NamedObjects): Judgement {
  const wanted = archive.objects.filter((object) => !isElsewhere(object));
  const lost = without(wanted, copy.objects);
  const tables = wanted.filter(isTable).length;
  const lostTables = lost.filter(isTable);
  const sides = {
    expected: `${tables} tables and views, ${wanted.length - tables} other objects`,
    actual: `${tables - lostTables.length} tables and views, ${wanted.length - tables - (lost.length - lostTables.length)} other objects`,
  };
  if (lost.length === 0) return passed(sides.expected, sides.actual);
  // Tables first: the first one stands in the reason.
  const lines = [...lostTables, ...lost.filter((object) => !isTable(object))].map(describe);
  return missing(lostTables.length === lost.length ? "tables" : "objects", lines, sides);
}

const isTable = ({ type }: NamedObject) => tableTypes.has(type);

export type InvalidFacts = {
  readonly notValidated: readonly { readonly schema: string; readonly table: string; readonly name: string }[];
  readonly invalidIndexes: readonly { readonly schema: string; readonly table: string; readonly name: string }[];
};

/**
 * Constraints and indexes that the archive names are there, validated and valid. A constraint that was not validated when it was backed up
 * (`NOT VALID`) is as it should be; it is told.
 */
export function judgeConstraints(archive: NamedObjects, copy: NamedObjects, facts: InvalidFacts): Judgement {
  const wanted = archive.objects.filter(({ type }) => constraintTypes.has(type));
  const knownNotValid = new Set(wanted.filter(({ isNotValid }) => isNotValid === true).map(({ schema, name }) => key(schema, name)));
  const isKnown = (each: { schema: string; table: string; name: string }) =>
    knownNotValid.has(key(each.schema, `${each.table} ${each.name}`));
  const invalid = facts.invalidIndexes.map(({ schema, table, name }) => `index ${name} on ${schema}.${table} is not valid`);
  const unvalidated = facts.notValidated
    .filter((each) => !isKnown(each))
    .map(({ schema, table, name }) => `constraint ${name} on ${schema}.${table} is not validated`);
  // pg_dump leaves an invalid index out: that it is there, and not valid, is said already.
  const isThere = ({ type, schema, name }: NamedObject) =>
    facts.invalidIndexes.some(
      (index) => index.schema === schema && (type === "INDEX" ? index.name === name : `${index.table} ${index.name}` === name),
    );
  const lost = without(wanted, copy.objects).filter((object) => !isThere(object));
  const lines = [...lost.map((object) => `${describe(object)} is missing`), ...invalid, ...unvalidated];
  const expected = `${wanted.length} constraints and indexes, all valid`;
  if (lines.length > 0) {
    const sides = {
      expected,
      actual: `${lost.length} missing, ${invalid.length} indexes not valid, ${unvalidated.length} constraints not validated`,
    };
    return found("problems", lines, sides);
  }
  const told = facts.notValidated
    .filter(isKnown)
    .map(({ schema, table, name }) => `${name} on ${schema}.${table} was not validated when it was backed up`);
  return passed(
    expected,
    told.length === 0 ? "all there and valid" : `all there, ${told.length} not validated as in the backup`,
    told.join("\n"),
  );
}

const key = (schema: string, name: string) => JSON.stringify([schema, name]);

export type RoleFacts = {
  /** Roles that were recorded with the backup. */
  readonly recorded: readonly string[];
  /** Roles of the server that the copy is on. */
  readonly present: readonly string[];
  /** Roles that Lifeboat made for the drill. */
  readonly ownRoles: readonly string[];
  /** What the restore said of roles, owners and grants. */
  readonly told: readonly string[];
};

/** Recorded roles exist; every object has the owner and the grants that the archive names. */
export function judgeRoles(archive: NamedObjects, copy: NamedObjects, { recorded, present, ownRoles, told }: RoleFacts): Judgement {
  const absent = recorded.filter((role) => !present.includes(role));
  const judged = archive.objects.filter((object) => isJudged(object, archive, copy));
  const owners = otherOwners(judged, copy.objects);
  const grants = otherGrants(judged, copy.objects, ownRoles);
  const expected = `${recorded.length} roles, owners and grants of ${judged.filter(({ type }) => !grantTypes.has(type)).length} objects`;
  if (absent.length + owners.length + grants.length === 0) return passed(expected, "as recorded", told.join("\n"));
  const actual = `${absent.length} roles missing, ${owners.length} owners and ${grants.length} grants differ`;
  const evidence = [...absent.map((role) => `role ${role} is missing`), ...owners, ...grants, ...told].join("\n");
  if (absent.length > 0) {
    return failed(
      expected,
      actual,
      { code: "check-missing", params: { what: "roles", count: absent.length, first: absent[0]! } },
      evidence,
    );
  }
  const first = owners[0] ?? grants[0]!;
  return failed(
    expected,
    actual,
    { code: "check-found", params: { what: "problems", count: owners.length + grants.length, first } },
    evidence,
  );
}

const firstWithoutPublicGrants = 15;

/**
 * The database's own grants are judged by its properties. PostgreSQL 15 gave the schema public another owner and took a right from everybody: a
 * copy of an older database on a newer server has the newer defaults.
 */
function isJudged({ type, name }: NamedObject, archive: NamedObjects, copy: NamedObjects): boolean {
  if (type === "ACL" && name.startsWith("DATABASE ")) return false;
  const [from, to] = [Number.parseInt(archive.serverVersion, 10), Number.parseInt(copy.serverVersion, 10)];
  const isPublic = (type === "SCHEMA" && name === "public") || (type === "ACL" && name === "SCHEMA public");
  return !(isPublic && from < firstWithoutPublicGrants && to >= firstWithoutPublicGrants);
}

function otherOwners(wanted: readonly NamedObject[], copied: readonly NamedObject[]): string[] {
  const owners = grouped(copied, ({ owner }) => owner);
  const expected = grouped(
    wanted.filter(({ type, owner }) => !grantTypes.has(type) && owner !== ""),
    ({ owner }) => owner,
  );
  return [...expected].flatMap(([id, { object, values }]) => {
    const actual = owners.get(id)?.values;
    // What is missing is another check's.
    if (actual === undefined || actual.join("\n") === values.join("\n")) return [];
    return [`owner of ${describe(object)}: ${values.join(", ")} expected, ${actual.join(", ")} found`];
  });
}

function otherGrants(wanted: readonly NamedObject[], copied: readonly NamedObject[], ownRoles: readonly string[]): string[] {
  const statements = ({ grants }: NamedObject) => grants.map(normalGrant).filter((grant) => !ownRoles.some((role) => isTo(grant, role)));
  const expected = grouped(
    wanted.filter(({ type }) => grantTypes.has(type)),
    (object) => statements(object).join("\n"),
  );
  const actual = grouped(
    copied.filter(({ type }) => grantTypes.has(type)),
    (object) => statements(object).join("\n"),
  );
  return [...expected].flatMap(([id, { object, values }]) => {
    const now = actual.get(id)?.values ?? [];
    if (now.join("\n") === values.join("\n")) return [];
    const [before, after] = [new Set(values.join("\n").split("\n")), new Set(now.join("\n").split("\n"))];
    const gone = [...before].filter((line) => line !== "" && !after.has(line)).map((line) => `missing: ${line}`);
    const more = [...after].filter((line) => line !== "" && !before.has(line)).map((line) => `not recorded: ${line}`);
    const lines = [...gone, ...more];
    return lines.length === 0 ? [] : [`${describe(object)}: ${lines.join("; ")}`];
  });
}

function isTo(grant: string, role: string): boolean {
  return [` TO ${role}`, ` FROM ${role}`, ` TO "${role}"`, ` FROM "${role}"`].some(
    (end) => grant.endsWith(end) || grant.includes(`${end} `),
  );
}

/** The privileges of a statement in one order: versions of pg_dump write them in several. */
function normalGrant(statement: string): string {
  const [, head, list, rest] = /^(.*?\b(?:GRANT|REVOKE)(?: GRANT OPTION FOR)?) (.+?) (ON .*)$/s.exec(statement) ?? [];
  if (head === undefined || list === undefined || rest === undefined) return statement;
  const privileges = list.match(/[^,()]+(?:\([^)]*\))?/g) ?? [list];
  return `${head} ${privileges
    .map((each) => each.trim())
    .toSorted()
    .join(",")} ${rest}`;
}

type Group = { readonly object: NamedObject; readonly values: readonly string[] };

/** Several objects may have one name (operators): their values are compared as sorted lists. */
function grouped(objects: readonly NamedObject[], valueOf: (object: NamedObject) => string): Map<string, Group> {
  const groups = new Map<string, { object: NamedObject; values: string[] }>();
  for (const object of objects) {
    const group = groups.get(idOf(object));
    if (group === undefined) groups.set(idOf(object), { object, values: [valueOf(object)] });
    else group.values.push(valueOf(object));
  }
  for (const group of groups.values()) group.values.sort();
  return groups;
}

function without(wanted: readonly NamedObject[], there: readonly NamedObject[]): NamedObject[] {
  const left = new Map<string, number>();
  for (const object of there) left.set(idOf(object), (left.get(idOf(object)) ?? 0) + 1);
  return wanted.filter((object) => {
    const count = left.get(idOf(object)) ?? 0;
    left.set(idOf(object), count - 1);
    return count <= 0;
  });
}

/** Default privileges are named alike for every role that they are of. */
function idOf({ type, schema, name, owner }: NamedObject): string {
  return JSON.stringify([type, schema, name, ...(type === "DEFAULT ACL" ? [owner] : [])]);
}

function describe({ type, schema, name }: NamedObject): string {
  return `${type.toLowerCase()} ${schema === "" ? "" : `${schema}.`}${name}`;
}
