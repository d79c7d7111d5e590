"use client";
/** `<DrilledBackup drill backup />`: which backup is rehearsed, how old it is, and the files of its chain that are read for it. */
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { formatBytes } from "#lib/format/bytes";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { Digest } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { TableFrame, Td, Th } from "../ui/table.tsx";

type Backup = NonNullable<DrillDetailDto["backup"]>;

export function DrilledBackup({ drill, backup }: { drill: DrillDetailDto; backup: Backup }) {
  const t = useTranslations("drills.wizard.backup");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  return (
    <Card title={t("title")} description={t("lead")} flush>
      <div className="px-4 py-2 sm:px-5">
        <Facts
          columns={2}
          items={[
            {
              label: t("state"),
              value: (
                <Link href={`/backups/${backup.id}`} className="link">
                  <AbsoluteTime at={backup.snapshotAt} seconds />
                </Link>
              ),
              hint: <RelativeTime at={backup.snapshotAt} />,
            },
            { label: t("kind"), value: <Badge>{kinds(backup.kind)}</Badge> },
            { label: t("holds"), value: t("holdsText", { tables: backup.tables, rows: backup.rows }) },
            {
              label: t("size"),
              value: formatBytes(backup.streamBytes, locale),
              hint: t("stored", { size: formatBytes(backup.storedBytes, locale) }),
            },
            {
              label: t("versions"),
              value: drill.engine === "sqlite" ? `SQLite ${backup.serverVersion}` : `PostgreSQL ${backup.serverVersion}`,
              hint: backup.toolVersion === "" ? undefined : backup.toolVersion,
            },
            { label: "SHA-256", value: <Digest value={backup.sha256} what="SHA-256" /> },
          ]}
        />
      </div>
      <Chain chain={backup.chain} chainId={backup.chainId} />
    </Card>
  );
}

function Chain({ chain, chainId }: { chain: Backup["chain"]; chainId: string }) {
  const t = useTranslations("drills.wizard.backup");
  const kinds = useTranslations("backups.kinds");
  const locale = useLocale();
  return (
    <TableFrame label={t("chain")} className="relative border-t border-line">
      <thead>
        <tr>
          <Th>{t("file")}</Th>
          <Th>{t("kind")}</Th>
          <Th num>{t("read")}</Th>
        </tr>
      </thead>
      <tbody>
        {chain.map((member) => (
          <tr key={member.backupId}>
            <Td>
              {member.snapshotAt === null ? (
                <span className="text-ink-3">{t("gone")}</span>
              ) : (
                <Link href={`/chains/${chainId}#${member.backupId}`} className="link nums">
                  <AbsoluteTime at={member.snapshotAt} />
                </Link>
              )}
            </Td>
            <Td>{member.kind === null ? "–" : kinds(member.kind)}</Td>
            <Td num className="whitespace-nowrap">
              {formatBytes(member.readBytes, locale)}
            </Td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
