import { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import { endpoints } from "#lib/contracts/endpoints";
import type { Entity } from "#lib/domain/ids";
import { entityOfSegment } from "#lib/http/parse-request";
import type { LargeCatalogue } from "./large-catalogue.ts";

/** One GET request of the API; `path` is relative to `/api/v1`, `params` what Next would take from it. */
export type Question = { readonly endpoint: Endpoint; readonly path: string; readonly params: Readonly<Record<string, string>> };

const dayMs = 86_400_000;

/** What lists are asked for under a name of their query, where its type does not say all values itself. */
function valuesOf(key: string, ids: LargeCatalogue, now: Date): readonly string[] {
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();
  const known: Readonly<Record<string, readonly string[]>> = {
    // What many have, what few have, what none has.
    q: ["scale", "Source 99", "label 7", "nothing like it"],
    source: [ids.source],
    server: [ids.server],
    chain: [ids.chain],
    backup: [ids.backup],
    actor: [ids.user, "Person 7"],
    action: ["backup", "backup.delete", "nothing.such"],
    target: [ids.backup, "Source 7", "backup"],
    from: [daysAgo(20)],
    to: [daysAgo(3)],
    limit: ["2000", "200"],
    days: ["1", "90"],
    after: ["5000"],
    year: [String(now.getUTCFullYear())],
    left: [ids.drill],
    right: [ids.drill],
    table: ["public.table_1"],
    channel: [ids.channel],
    timeZone: ["Asia/Kolkata"],
  };
  return known[key] ?? [];
}

/**
 * Files are streamed for as long as they take, and for databases and folders a worker is asked: none is a page of the catalogue. A
 * report is one row, signed by a key that a catalogue made by SQL does not have.
 */
const noPages = new Set(["downloadBackup", "listServerDatabases", "listImportFolder", "getDrillReport", "downloadDrillReport"]);
const asked = endpoints.filter(({ method, id }) => method === "GET" && !noPages.has(id) && !id.startsWith("export"));

/**
 * Every GET endpoint as it is, and every list with each value of each filter and order. Throws when a filter or an entity is new here:
 * what nobody asked for at scale may be slow without anybody knowing.
 */
export function everyQuestion(ids: LargeCatalogue, now: Date): Question[] {
  return asked.flatMap((endpoint) => {
    const { path, params } = located(endpoint, ids);
    const queries = queriesOf(endpoint, ids, now);
    return queries.map((query) => {
      const text = new URLSearchParams(query).toString();
      return { endpoint, params, path: text === "" ? path : `${path}?${text}` };
    });
  });
}

/** The same list one page further. */
export function nextPage(question: Question, next: string): Question {
  const address = new URL(question.path, "http://localhost");
  address.searchParams.set("after", next);
  return { ...question, path: `${address.pathname}${address.search}` };
}

function located({ id, path }: Endpoint, ids: LargeCatalogue): { path: string; params: Record<string, string> } {
  if (!path.includes("{")) return { path, params: {} };
  const entity = entityOfSegment[path.split("/")[1] ?? ""];
  const named = entity === undefined ? undefined : (ids as Partial<Record<Entity, string>>)[entity];
  if (named === undefined || /\{(?!id\})/.test(path)) throw new Error(`large-catalogue.ts makes no id for ${id} (${path})`);
  return { path: path.replace("{id}", named), params: { id: named } };
}

function queriesOf(endpoint: Endpoint, ids: LargeCatalogue, now: Date): Record<string, string>[] {
  if (!(endpoint.query instanceof z.ZodObject)) throw new Error(`the query of ${endpoint.id} is no object`);
  const shape = endpoint.query.shape as Record<string, z.ZodType>;
  const isList = endpoint.response instanceof z.ZodObject && "next" in endpoint.response.shape && "items" in endpoint.response.shape;
  const asIs = endpoint.query.safeParse({}).success ? [{}] : [];
  const single = Object.entries(shape).flatMap(([key, type]) => {
    // Its value is the answer of the page before.
    if (key === "after" && isList) return [];
    const values = [...new Set([...enumValues(type), ...valuesOf(key, ids, now)])].filter((value) => type.safeParse(value).success);
    if (values.length === 0) throw new Error(`catalogue-questions.ts knows nothing to ask ${endpoint.id} for under "${key}"`);
    return values.map((value): Record<string, string> => ({ [key]: value }));
  });
  // What a query cannot be without stands in each of its questions.
  const needed = Object.entries(shape).flatMap(([key, type]) =>
    type.safeParse(undefined).success
      ? []
      : valuesOf(key, ids, now)
          .slice(0, 1)
          .map((value): Record<string, string> => ({ [key]: value })),
  );
  return [...asIs, ...single.map((question) => Object.assign({}, ...needed, question) as Record<string, string>)];
}

function enumValues(type: z.ZodType): readonly string[] {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return enumValues(type.unwrap() as z.ZodType);
  if (type instanceof z.ZodEnum) return type.options.map(String);
  const isBoolean = type.safeParse("true").success && !type.safeParse("neither").success;
  return isBoolean ? ["true", "false"] : [];
}
