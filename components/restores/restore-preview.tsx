"use client";
/** The wizard's second step: what the restore would do, what to know, and what stops it. */
import { ArchiveRestore, RotateCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { FilePlanDto, RestoreInput, RestorePreviewDto } from "#lib/contracts/restores";
import { formatBytes } from "#lib/format/bytes";
import { ReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";
import { ChangesCard } from "./changes-card.tsx";
import { ConfirmReplace, type ReplaceConfirmation } from "./confirm-replace.tsx";
import { PlanCard } from "./plan-card.tsx";
import { ReplacePlanCard } from "./replace-plan-card.tsx";

type PreviewProps = {
  preview: RestorePreviewDto;
  input: RestoreInput;
  onBack: () => void;
  onAgain: () => void;
  asking: boolean;
  starting: boolean;
  onStart: (confirmation?: ReplaceConfirmation) => void;
  /** Starts a drill of the same backup instead; nothing for whom it is not allowed. */
  rehearsal: ReactNode;
};

export function RestorePreview({ preview, input, onBack, onAgain, asking, starting, onStart, rehearsal }: PreviewProps) {
  const t = useTranslations("restores.new");
  const words = useTranslations("restores.preview");
  const { blockers, warnings, database, replace, file, plan } = preview;
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
          {file === null
            ? words.rich(replace === null ? "create" : "replace", { ...rich, database, server: preview.serverName ?? "" })
            : words.rich(replace === null ? "createFile" : "replaceFile", { ...rich, path: file.path })}
        </Notice>
      )}
      {warnings.length === 0 ? null : (
        <Notice tone="warn" title={t("warnings")}>
          <Reasons reasons={warnings} />
        </Notice>
      )}
      {rehearsal}
      {replace === null ? null : <ReplacePlanCard preview={preview} plan={replace} snapshotAt={plan.snapshotAt} />}
      <PlanCard preview={preview} />
      <ChangesCard plan={plan} />
      <Card title={replace === null ? words("title") : words("target")}>
        {file === null ? <PreviewFacts preview={preview} /> : <FileFacts preview={preview} file={file} />}
      </Card>
      {replace === null ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            variant="primary"
            icon={ArchiveRestore}
            disabled={blocked || asking}
            pending={starting}
            onClick={() => onStart()}
            className="h-auto! min-h-9 max-w-full shrink! py-1.5 whitespace-normal! wrap-anywhere"
          >
            {input.content === "schema" ? t("startSchema", { database }) : t("start", { rows: preview.rows, database })}
          </Button>
          {others}
        </div>
      ) : (
        <ConfirmReplace
          database={database}
          serverName={preview.serverName ?? file?.path ?? ""}
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

function FileFacts({ preview, file }: { preview: RestorePreviewDto; file: FilePlanDto }) {
  const t = useTranslations("restores.preview");
  const locale = useLocale();
  return (
    <Facts
      columns={2}
      items={[
        { label: t("contains"), value: t("containsText", { tables: preview.tables, rows: preview.rows }) },
        {
          label: t("path"),
          value: <InlineCode>{file.path}</InlineCode>,
          hint: file.exists ? t("fileThere", { size: formatBytes(file.bytes ?? 0, locale) }) : t("fileNew"),
        },
        { label: t("openBy"), value: file.openBy === null ? t("openUnknown") : t("openCount", { count: file.openBy }) },
        { label: t("versions"), value: `SQLite ${preview.backupServerVersion}` },
      ]}
    />
  );
}
