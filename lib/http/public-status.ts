import { badgeLanguages, badgeMessage } from "#lib/contracts/badge-text";
import type { SourceStatusDto } from "#lib/contracts/source-status";
import { badgeColours, badgeSvg } from "#lib/domain/badge-svg";
import { LifeboatError } from "#lib/domain/error";
import { statusByKey } from "#lib/services/status/by-key";
import { requestIdHeader } from "./client-address.ts";
import { problemResponse, toLifeboatError } from "./problem.ts";
import { getRuntime } from "./runtime.ts";

/** Any page may show it, and a proxy in between may keep it for a minute. */
const headers = {
  "cache-control": "public, max-age=60",
  "access-control-allow-origin": "*",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

const ageOf = (at: string | null, now: Date) => (at === null ? null : Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000)));

type Handler = (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;

function answered(answer: (status: SourceStatusDto, message: string, now: Date) => Response): Handler {
  return async (request, { params }) => {
    const { catalogue, logger } = getRuntime();
    const requestId = request.headers.get(requestIdHeader) ?? "";
    const now = new Date();
    try {
      const { key } = (await params) as { key: string };
      const status = await statusByKey(catalogue.db, key, now);
      // No part of the key is repeated: the answer may end up in a log.
      if (status === null) throw new LifeboatError("not-found", { entity: "page", id: "status" });
      const asked = new URL(request.url).searchParams.get("lang");
      const language = badgeLanguages.find((known) => known === asked) ?? "en";
      const lastGoodAt = status.lastGoodAt === null ? null : new Date(status.lastGoodAt);
      return answer(status, badgeMessage({ level: status.level, lastGoodAt }, now, language), now);
    } catch (error) {
      const failure = toLifeboatError(error);
      const response = problemResponse(failure, requestId);
      if (response.status >= 500) logger.error("public status", { requestId, code: failure.code, error: failure.cause ?? failure });
      return response;
    }
  };
}

/**
 * `GET /api/status/<key>`: name, state and ages of one source, and the fields of a shields.io endpoint (schemaVersion, label, message, color).
 * Nothing of tables, hosts, sizes or other sources.
 */
export const publicStatus: Handler = answered((status, message, now) =>
  Response.json(
    {
      schemaVersion: 1,
      label: status.name,
      message,
      color: badgeColours[status.level].slice(1),
      name: status.name,
      level: status.level,
      objectiveMet: status.objectiveMet,
      lastGoodAgeSeconds: ageOf(status.lastGoodAt, now),
      lastVerifiedAgeSeconds: ageOf(status.lastVerifiedAt, now),
      lastProvenAgeSeconds: ageOf(status.lastProvenAt, now),
    },
    { headers },
  ),
);

/** `GET /api/status/<key>/badge.svg`, with `?lang=es` in Spanish. */
export const publicBadge: Handler = answered(
  (status, message) =>
    new Response(badgeSvg({ label: status.name, message, level: status.level }), {
      headers: {
        ...headers,
        "content-type": "image/svg+xml; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      },
    }),
);
