"use client";
/** `<SourceFacts source={source} />`: what there is to know about a source at a glance. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { formatBytes } from "#lib/format/bytes";
import { formatCount } from "#lib/format/number";
import { getBackupQuery } from "#lib/query/backups";
import { listSourceTablesQuery } from "#lib/query/sources";
import { usePolicyName } from "../policies/policy-name.ts";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { DrillStand } from "./drill-stand.tsx";

export function SourceFacts({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("sources.one.facts");
  const never = useTranslations("sources")("never");
  const locale = useLocale();
  const tellPolicy = usePolicyName();
  const { data: known } = useQuery(listSourceTablesQuery(source.id));
  const isFile = source.engine === "sqlite";
  // A file has no server to tell a version: the newest backup says which SQLite read it.
  const { data: lastGood } = useQuery({
    ...getBackupQuery(source.lastGoodBackupId ?? ""),
    enabled: isFile && source.lastGoodBackupId !== null,
  });
  const version = source.serverVersion === null ? "" : `, PostgreSQL ${source.serverVersion}`;
  // Before the first check nobody knows which tools would fit, so "none" would be a false alarm.
  const missing = source.serverVersion === null ? null : <span className="text-bad">{t("toolsNone")}</span>;
  const tools = source.toolSet === null ? missing : `PostgreSQL ${source.toolSet.version}`;
  return (
    <Card>
      <Facts
        columns={2}
        className="-my-2"
        items={[
          {
            label: t("lastGood"),
            value: <RelativeTime at={source.lastGoodAt} never={never} />,
            hint: source.nextBackupAt === null ? undefined : t.rich("nextBackup", { age: () => <RelativeTime at={source.nextBackupAt} /> }),
          },
          isFile
            ? { label: t("path"), value: <span className="font-mono text-[0.8125rem]">{source.path}</span> }
            : {
                label: t("server"),
                value: (
                  <>
                    <Link href={`/settings/servers/${source.serverId}`} className="link">
                      {source.serverName}
                    </Link>
                    {version}
                  </>
                ),
              },
          { label: t("lastVerified"), value: <RelativeTime at={source.lastVerifiedAt} never={never} /> },
          isFile
            ? { label: t("sqlite"), value: lastGood?.serverVersion || null }
            : {
                label: t("tools"),
                value: tools,
              },
          { label: t("lastProven"), value: <RelativeTime at={source.lastProvenAt} never={never} />, hint: <DrillStand source={source} /> },
          { label: isFile ? t("fileSize") : t("size"), value: source.sizeBytes === null ? null : formatBytes(source.sizeBytes, locale) },
          {
            label: t("backups"),
            value: `${formatCount(source.backupCount, locale)}, ${formatBytes(source.storedBytes, locale)}`,
            hint: source.retentionPolicyName === null ? undefined : t("keptBy", { name: tellPolicy(source.retentionPolicyName) }),
          },
          {
            label: t("tables"),
            value: known === undefined || known.backupId === null ? null : formatCount(known.tables.length, locale),
          },
        ]}
      />
      {source.notes === "" ? null : (
        <p className="mt-3 border-t border-line/70 pt-3 text-sm whitespace-pre-wrap text-ink-2">{source.notes}</p>
      )}
    </Card>
  );
}
