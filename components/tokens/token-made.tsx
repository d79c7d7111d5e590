"use client";
/** A new token's value, shown once, and what it can do as a command to try. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ApiTokenDto } from "#lib/contracts/tokens";
import { listSourcesQuery } from "#lib/query/sources";
import { CodeBlock } from "../ui/code-block.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { curlExample } from "./curl-example.ts";

export function TokenMade({ token, secret }: { token: ApiTokenDto; secret: string }) {
  const t = useTranslations("tokens.made");
  const { data } = useQuery({ ...listSourcesQuery({ limit: 1 }), refetchInterval: false });
  const sourceId = data?.items[0]?.id ?? "src_…";
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warn" title={t("once")}>
        {t("onceHint")}
      </Notice>
      <div className="flex flex-col gap-1.5">
        <p className="text-[0.8125rem] font-medium">{t("value")}</p>
        <CodeBlock wrap label={t("value")} code={secret} />
        <p className="text-xs text-ink-3">
          {token.expiresAt === null ? t("noEnd") : t.rich("until", { end: () => <AbsoluteTime at={token.expiresAt} /> })}
        </p>
      </div>
      <div className="flex flex-col gap-1.5">
        <p className="text-[0.8125rem] font-medium">{t("example")}</p>
        <CodeBlock wrap label={t("example")} code={curlExample(token, location.origin, sourceId)} />
        <p className="text-xs text-ink-3">{t("exampleHint")}</p>
      </div>
    </div>
  );
}
