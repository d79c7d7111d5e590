import { LifeboatError, type Reason } from "../domain/error.ts";
import { redactText } from "../log/redact.ts";
import type { ChannelSecrets } from "./port.ts";

const longestDetail = 200;

/** What made a try fail, with nothing secret in it; `secrets` are masked in whatever the other side said. */
export function failureOf(error: unknown, host: string, timeoutMs: number, secrets: ChannelSecrets): Reason {
  if (error instanceof LifeboatError) return error.reason;
  const { code, responseCode, response } = error as { code?: unknown; responseCode?: unknown; response?: unknown };
  if (code === "ETIMEDOUT" || (error instanceof Error && error.name === "TimeoutError")) {
    return { code: "channel-timeout", params: { host, seconds: Math.max(1, Math.round(timeoutMs / 1000)) } };
  }
  if (typeof responseCode === "number") {
    return {
      code: "channel-refused",
      params: { status: responseCode, detail: detailOf(typeof response === "string" ? response : "", secrets) },
    };
  }
  const said = error instanceof Error ? error.message : "";
  return {
    code: "channel-unreachable",
    params: { host, detail: detailOf(said === "" ? (typeof code === "string" ? code : "error") : said, secrets) },
  };
}

/** One line, bounded, without control characters and secrets in any form in which a receiver would echo them. */
export function detailOf(text: string, secrets: ChannelSecrets): string {
  let shown = redactText(text);
  for (const secret of echoes(secrets)) shown = shown.replaceAll(secret, "•••");
  // oxlint-disable-next-line no-control-regex
  const line = shown.replace(/[\u0000-\u001f\u007f\u0080-\u009f]+/g, " ").trim();
  return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
}

function echoes({ url, token, password, signingKey }: ChannelSecrets): string[] {
  const plain = [url, url === undefined ? undefined : pathOf(url), token, password, signingKey].filter((value) => value !== undefined);
  const forms = plain.flatMap((value) => [value, encodeURIComponent(value), Buffer.from(value).toString("base64")]);
  return [...new Set(forms)].filter((value) => value.length >= 4);
}

function pathOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
