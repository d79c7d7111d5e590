"use client";
/** `<ReportBackup report />`: which backup was restored and from which files, whereto, and with which programs. */
import { useLocale, useTranslations } from "next-intl";
import Link from "next/link";
import type { ReportContent } from "#lib/contracts/drill-reports";
import { formatBytes } from "#lib/format/bytes";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

export function ReportBackup({ report }: { report: ReportContent }) {
  const file = useTranslations("reports.file");
  const { backup } = report;
  return (
    <>
      <Card title={file("sections.backup")}>
        {backup === null ? <p className="text-sm text-ink-2">{file("noBackup")}</p> : <Backup backup={backup} />}
      </Card>
      <div className="grid items-start gap-6 lg:grid-cols-2 print:grid-cols-2">
        <Target target={report.target} />
        <Card title={file("sections.programs")}>
          <Facts className="-my-2" items={report.tools.map(({ name, version }) => ({ label: name, value: version }))} />
        </Card>
      </div>
    </>
  );
}

function Backup({ backup }: { backup: NonNullable<ReportContent["backup"]> }) {
  const file = useTranslations("reports.file");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  return (
    <Facts
      className="-my-2"
      items={[
        {
          label: file("taken"),
          value: (
            <Link href={`/backups/${backup.id}`} className="link">
              <AbsoluteTime at={backup.snapshotAt} seconds />
            </Link>
          ),
        },
        { label: file("kind"), value: <Badge>{kinds(backup.kind)}</Badge> },
        { label: file("contents"), value: file("contentsValue", { tables: backup.tables, rows: backup.rows }) },
        {
          label: file("sizes"),
          value: file("sizesValue", { stream: formatBytes(backup.streamBytes, locale), stored: formatBytes(backup.storedBytes, locale) }),
        },
        { label: file("fileName"), value: <InlineCode>{backup.fileName}</InlineCode> },
        { label: file("sha256"), value: <InlineCode>{backup.sha256}</InlineCode> },
        { label: file("chain"), value: <Chain chain={backup.chain} />, hint: <InlineCode>{backup.chainId}</InlineCode> },
      ]}
    />
  );
}

function Chain({ chain }: { chain: NonNullable<ReportContent["backup"]>["chain"] }) {
  const file = useTranslations("reports.file");
  const t = useTranslations("reports.page");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  return (
    <ol className="flex flex-col gap-1">
      {chain.map(({ backupId, kind, snapshotAt, readBytes }) => (
        <li key={backupId} className="flex flex-wrap items-baseline gap-x-2">
          {kind === null || snapshotAt === null ? (
            <span>{file("chainMemberUnknown", { id: backupId })}</span>
          ) : (
            <span>
              {kinds(kind)} · <AbsoluteTime at={snapshotAt} />
            </span>
          )}
          <span className="text-xs text-ink-3">{t("readBytes", { size: formatBytes(readBytes, locale) })}</span>
        </li>
      ))}
    </ol>
  );
}

function Target({ target }: { target: ReportContent["target"] }) {
  const file = useTranslations("reports.file");
  if (target === null) {
    return (
      <Card title={file("sections.target")}>
        <p className="text-sm text-ink-2">{file("noTarget")}</p>
      </Card>
    );
  }
  const items: Fact[] = [
    { label: file("targetKind"), value: file(`targets.${target.type}`) },
    { label: file("targetName"), value: <InlineCode>{target.name}</InlineCode> },
    ...(target.serverName === null ? [] : [{ label: file("server"), value: target.serverName }]),
    ...(target.serverVersion === null ? [] : [{ label: file("version"), value: target.serverVersion }]),
    ...(target.hostName === null ? [] : [{ label: file("host"), value: target.hostName }]),
    ...(target.type === "sandbox" ? [{ label: file("confined"), value: file(target.confined ? "confinedYes" : "confinedNo") }] : []),
  ];
  return (
    <Card title={file("sections.target")}>
      <Facts className="-my-2" items={items} />
    </Card>
  );
}
