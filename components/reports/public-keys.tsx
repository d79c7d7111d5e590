"use client";
/** The public keys of this installation as files, and how a report is checked without Lifeboat. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { getReportKeyQuery } from "#lib/query/reports";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { DownloadLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { rich } from "../ui/rich.tsx";

const keyFile = "lifeboat-report-keys.pem";
const command = `node scripts/verify-report.mjs --key ${keyFile} report.json`;

/** All keys in one file, as the program takes it: earlier reports stay valid under theirs. */
function pemHref(keys: readonly { publicKey: string }[]): string {
  const text = keys.map(({ publicKey }) => `${publicKey.trimEnd()}\n`).join("");
  return `data:application/x-pem-file;charset=utf-8,${encodeURIComponent(text)}`;
}

export function PublicKeys() {
  const t = useTranslations("reports.verify");
  const { data, error, refetch } = useQuery(getReportKeyQuery());
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <Card
        flush
        title={t("keys")}
        description={t("keysLead")}
        actions={
          data === undefined ? null : (
            <DownloadLink size="sm" icon={KeyRound} href={pemHref(data.keys)} download={keyFile}>
              {t("downloadKeys", { count: data.keys.length })}
            </DownloadLink>
          )
        }
      >
        {data === undefined ? (
          error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <RowsSkeleton rows={1} />
          )
        ) : (
          <ul className="divide-y divide-line/70">
            {data.keys.map(({ id, createdAt }, index) => (
              <li key={id} className="px-4 py-3 sm:px-5">
                <p className="font-mono text-[0.8125rem] wrap-anywhere text-ink">{id}</p>
                <p className="text-xs text-ink-3">
                  {t.rich(index === 0 ? "keyInUse" : "keyEarlier", { time: () => <AbsoluteTime at={createdAt} /> })}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={t("alone")}>
        <div className="flex flex-col gap-3 text-sm text-ink-2">
          <p>{t.rich("aloneText", rich)}</p>
          <CodeBlock wrap label={t("aloneCommand")} code={command} />
          <p>{t("aloneMore")}</p>
        </div>
      </Card>
    </div>
  );
}
