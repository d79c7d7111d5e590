"use client";
/** The wizard's second step: what the restore would do, what to know, and what stops it. */
import { ArchiveRestore, RotateCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { RestoreInput, RestorePreviewDto } from "#lib/contracts/restores";
import { formatBytes } from "#lib/format/bytes";
import { ReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";
import { ConfirmReplace, type ReplaceConfirmation } from "./confirm-replace.tsx";
import { ReplacePlanCard } from "./replace-plan-card.tsx";

type PreviewProps = {
  preview: RestorePreviewDto;
  input: RestoreInput;
  onBack: () => void;
  onAgain: () => void;
  asking: boolean;
  starting: boolean;
  /** When the backup's state was; what was written since is not in it. */
  snapshotAt: string;
  onStart: (confirmation?: ReplaceConfirmation) => void;
};

export function RestorePreview({ preview, input, onBack, onAgain, asking, starting, snapshotAt, onStart }: PreviewProps) {
  const t = useTranslations("restores.new");
  const words = useTranslations("restores.preview");
  const { blockers, warnings, database, replace } = preview;
  const blocked = blockers.length > 0;
  const others = (
    <>
      <Button onClick={onBack}>{t("back")}</Button>
      <Button variant="ghost" icon={RotateCw} pending={asking} onClick={onAgain}>
        {t("again")}
      </Button>
    </>
  );
  return (
    <>
      {blocked ? (
        <Notice tone="bad" live title={t("blocked", { count: blockers.length })}>
          <Reasons reasons={blockers} />
        </Notice>
      ) : (
        <Notice tone="good" live title={t("clear")}>
          {words.rich(replace === null ? "create" : "replace", { ...rich, database, server: preview.serverName ?? "" })}
        </Notice>
      )}
      {warnings.length === 0 ? null : (
        <Notice tone="warn" title={t("warnings")}>
          <Reasons reasons={warnings} />
        </Notice>
      )}
      {replace === null ? null : <ReplacePlanCard preview={preview} plan={replace} snapshotAt={snapshotAt} />}
      <Card title={replace === null ? words("title") : words("target")}>
        <PreviewFacts preview={preview} />
      </Card>
      {replace === null ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button variant="primary" icon={ArchiveRestore} disabled={blocked || asking} pending={starting} onClick={() => onStart()}>
            {input.content === "schema" ? t("startSchema", { database }) : t("start", { rows: preview.rows, database })}
          </Button>
          {others}
        </div>
      ) : (
        <ConfirmReplace
          database={database}
          serverName={preview.serverName ?? ""}
          plan={replace}
          blocked={blocked || asking}
          pending={starting}
          onConfirm={onStart}
        >
          {others}
        </ConfirmReplace>
      )}
    </>
  );
}

function Reasons({ reasons }: { reasons: RestorePreviewDto["blockers"] }) {
  return (
    <ul className="flex flex-col gap-2">
      {reasons.map((reason) => (
        <li key={`${reason.code}-${JSON.stringify(reason.params)}`}>
          <ReasonText reason={reason} />
        </li>
      ))}
    </ul>
  );
}

function PreviewFacts({ preview }: { preview: RestorePreviewDto }) {
  const t = useTranslations("restores.preview");
  const locale = useLocale();
  const names = (list: readonly string[]) =>
    list.length === 0 ? (
      t("none")
    ) : (
      <span className="flex flex-wrap gap-1">
        {list.map((name) => (
          <InlineCode key={name}>{name}</InlineCode>
        ))}
      </span>
    );
  return (
    <Facts
      columns={2}
      items={[
        { label: t("contains"), value: t("containsText", { tables: preview.tables, rows: preview.rows }) },
        { label: t("size"), value: formatBytes(preview.streamBytes, locale) },
        {
          label: t("disk"),
          value: preview.serverFreeBytes === null ? t("diskUnknown") : formatBytes(preview.serverFreeBytes, locale),
        },
        { label: t("workerDisk"), value: formatBytes(preview.workerFreeBytes, locale) },
        {
          label: t("versions"),
          value: t("versionsText", { from: preview.backupServerVersion, to: preview.serverVersion ?? "–" }),
          hint: preview.toolVersion === null ? t("toolNone") : t("tool", { version: preview.toolVersion }),
        },
        {
          label: t("name"),
          value: <InlineCode>{preview.database}</InlineCode>,
          hint: preview.replace !== null ? t("replaced") : preview.databaseExists ? t("exists") : t("new"),
        },
        { label: t("missingRoles"), value: names(preview.missingRoles) },
        { label: t("missingExtensions"), value: names(preview.missingExtensions) },
        { label: t("missingTablespaces"), value: names(preview.missingTablespaces) },
        { label: t("missingLocale"), value: preview.missingLocale ?? t("none") },
        { label: t("existing"), value: names(preview.existingDatabases) },
      ]}
    />
  );
}
