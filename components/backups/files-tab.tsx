"use client";
/** The files of a backup: download, checksums, where they lie, and how to restore them with stock tools only. */
import { Download } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { downloadBackup, type BackupDetailDto } from "#lib/contracts/backups";
import { formatBytes } from "#lib/format/bytes";
import { endpointUrl } from "#lib/http/client";
import { useCan } from "../shell/me.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";

/** Where a browser fetches the file from; the server names it and answers ranges. */
export function downloadUrl(backupId: string, format: "dump" | "stored"): string {
  return endpointUrl(downloadBackup, { params: { id: backupId }, query: { format } });
}

const linkClass =
  "flex items-start gap-3 rounded-lg border border-line bg-surface p-3.5 transition-colors hover:border-line-strong hover:bg-hover";

export function FilesTab({ backup }: { backup: BackupDetailDto }) {
  const t = useTranslations("backups.files");
  const one = useTranslations("backups.one");
  const can = useCan();
  const locale = useLocale();
  const links = [
    {
      format: "dump",
      title: t("asPlain", { extension: backup.extension }),
      hint: t("asPlainHint", { size: formatBytes(backup.streamBytes, locale) }),
    },
    {
      format: "stored",
      title: t("asStored"),
      hint: t(backup.needs === 0 ? "asStoredHint" : "asStoredMember", { size: formatBytes(backup.storedBytes, locale) }),
    },
  ] as const;
  return (
    <div className="flex flex-col gap-6">
      <Card title={t("download")} description={<span className="font-mono text-xs break-all">{backup.fileName}</span>}>
        {can("backups:download") ? (
          <ul className="grid gap-3 sm:grid-cols-2">
            {links.map(({ format, title, hint }) => (
              <li key={format}>
                <a href={downloadUrl(backup.id, format)} download className={linkClass}>
                  <Download aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-ink" />
                  <span className="min-w-0">
                    <span className="block text-sm font-medium text-ink">{title}</span>
                    <span className="block text-xs text-ink-2">{hint}</span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
        ) : (
          <Notice>{one("cantDownload")}</Notice>
        )}
      </Card>
      <Card title={t("checksums")} flush>
        <dl className="divide-y divide-line/70">
          {backup.streams.map((stream) => [
            <Checksum key={`${stream.name}-sha`} label={t("streamSha", { extension: backup.extension })} value={stream.sha256} />,
            <Checksum
              key={`${stream.name}-root`}
              label={t("rootHash")}
              value={stream.rootHash}
              hint={t("segments", { count: stream.segments })}
            />,
          ])}
          {backup.packs.map((pack) => (
            <Checksum key={pack.id} label={t("packSha")} value={pack.packSha256} hint={formatBytes(pack.bytes, locale)} />
          ))}
          {backup.packs.map((pack) => (
            <Checksum key={`${pack.id}-key`} label={t("location")} value={pack.key} />
          ))}
        </dl>
      </Card>
      <Card title={t("commands")} description={backup.kind === "full" ? t("commandsHint") : t("commandsMember")}>
        {backup.stockCommands.length === 0 ? (
          <p className="text-sm text-ink-2">{t.rich("commandsDocs", rich)}</p>
        ) : (
          <CodeBlock label={t("commands")} code={backup.stockCommands.join("\n")} />
        )}
      </Card>
    </div>
  );
}

function Checksum({ label, value, hint }: { label: string; value: string; hint?: ReactNode }) {
  return (
    <div className="grid items-center gap-x-4 px-4 py-2 sm:grid-cols-[14rem_minmax(0,1fr)_auto] sm:px-5">
      <dt className="text-[0.8125rem] text-ink-3">
        {label}
        {hint ? <span className="block text-xs">{hint}</span> : null}
      </dt>
      <dd className="font-mono text-[0.8125rem] break-all text-ink">{value}</dd>
      <dd className="justify-self-end">
        <CopyButton text={value} what={label} />
      </dd>
    </div>
  );
}
