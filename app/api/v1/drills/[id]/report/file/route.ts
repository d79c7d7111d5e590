import { cookieValue } from "#lib/auth/session-cookie";
import { downloadDrillReport as contract } from "#lib/contracts/drill-reports";
import { attachment } from "#lib/http/content-disposition";
import { answerHeaders } from "#lib/http/problem";
import { route, type StreamRequest } from "#lib/http/route";
import { localeCookie, negotiateLocale, negotiateTimeZone, timeZoneCookie } from "#lib/i18n/negotiate";
import { composeReport } from "#lib/reports/compose";
import { reportFileName } from "#lib/reports/file-name";
import { toMarkdown } from "#lib/reports/markdown";
import { toPdf } from "#lib/reports/pdf";
import { type Reader, readerFor } from "#lib/reports/reader";
import { getMe } from "#lib/services/people/me";
import { downloadDrillReport } from "#lib/services/reports/download";
import { getDrillReport } from "#lib/services/reports/get";

type Asked = StreamRequest<typeof contract>;

export const GET = route(contract, downloadDrillReport, sendReport);

/** The signed file as it is stored, or the report in the reader's language and zone. */
async function sendReport(asked: Asked): Promise<Response> {
  const { context, input, first } = asked;
  const { format } = input.query;
  const detail = await getDrillReport(context, input);
  const name = reportFileName(detail.signed.report, format);
  switch (format) {
    case "json":
      return file(asked, name, "application/json; charset=utf-8", new TextEncoder().encode(first));
    case "markdown": {
      const text = toMarkdown(composeReport(detail, await readerOf(asked), "whole"));
      return file(asked, name, "text/markdown; charset=utf-8", new TextEncoder().encode(text));
    }
    case "pdf":
      return file(asked, name, "application/pdf", await toPdf(detail, await readerOf(asked)));
  }
}

function file({ context }: Asked, name: string, contentType: string, bytes: Uint8Array): Response {
  const headers = { ...answerHeaders(context.requestId ?? ""), "content-type": contentType, "content-disposition": attachment(name) };
  return new Response(new Uint8Array(bytes), { headers });
}

/** The asked language, else the person's, this browser's, the first of `Accept-Language`; times in the person's zone. */
async function readerOf({ context, input, request }: Asked): Promise<Reader> {
  const me = context.actor.type === "user" ? await getMe(context) : null;
  const cookies = request.headers.get("cookie");
  const asked = input.query.language ?? me?.locale ?? null;
  return readerFor(
    negotiateLocale(asked, cookieValue(cookies, localeCookie) ?? undefined, request.headers.get("accept-language")),
    negotiateTimeZone(me?.timeZone ?? null, cookieValue(cookies, timeZoneCookie) ?? undefined),
  );
}
