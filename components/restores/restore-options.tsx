"use client";
/** The wizard's first step: where to, under which name, what, and how. */
import { useTranslations } from "next-intl";
import type { BackupDetailDto } from "#lib/contracts/backups";
import { restoreContent } from "#lib/contracts/restores";
import type { ServerDto } from "#lib/contracts/servers";
import { Card } from "../ui/card.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import type { RestoreDraft } from "./restore-draft.ts";
import { RestoreFileTarget } from "./restore-file-target.tsx";
import { RestoreTarget } from "./restore-target.tsx";
import { TableChoice } from "./table-choice.tsx";

type OptionsProps = {
  backup: BackupDetailDto;
  draft: RestoreDraft;
  servers: readonly ServerDto[];
  ownServerId: string | null;
  /** Of a file: where the source lies and what path beside it is offered. */
  file: { sourcePath: string | null; suggested: string };
  change: (change: Partial<RestoreDraft>) => void;
};

const jobChoices = ["1", "2", "4", "8", "16"] as const;

export function RestoreOptions({ backup, draft, servers, ownServerId, file, change }: OptionsProps) {
  const t = useTranslations("restores.new");
  const content = useTranslations("restores.content");
  const isReplace = draft.mode === "replace";
  if (draft.path !== null) {
    return <RestoreFileTarget draft={draft} path={draft.path} sourcePath={file.sourcePath} suggested={file.suggested} change={change} />;
  }
  return (
    <>
      <RestoreTarget draft={draft} servers={servers} ownServerId={ownServerId} change={change} />
      {isReplace ? (
        <Notice title={t("replaceWhole")}>{t("replaceWholeHint")}</Notice>
      ) : (
        <Card title={t("content")}>
          <div className="flex flex-col gap-5">
            <RadioCards
              label={t("content")}
              value={draft.content}
              onValueChange={(next) => change({ content: next })}
              options={restoreContent.map((value) => ({ value, label: content(value), hint: t(`contentHint.${value}`) }))}
            />
            <TableChoice backupId={backup.id} total={backup.tableCount} chosen={draft.chosen} onChange={(chosen) => change({ chosen })} />
          </div>
        </Card>
      )}
      <Card title={t("how")}>
        <div className="flex flex-col gap-5">
          <FieldGroup legend={t("owners")}>
            <RadioCards
              label={t("owners")}
              value={draft.owners}
              onValueChange={(owners) => change({ owners })}
              options={[
                { value: "keep", label: t("ownersKeep"), hint: t("ownersKeepHint") },
                { value: "none", label: t("ownersNone"), hint: t("ownersNoneHint") },
              ]}
            />
          </FieldGroup>
          <Field label={t("jobs")} hint={t("jobsHint")} className="sm:w-56">
            <Select
              value={draft.jobs}
              onValueChange={(jobs) => change({ jobs })}
              options={jobChoices.map((value) => ({ value, label: value }))}
            />
          </Field>
          <Checkbox
            checked={draft.keepOnFailure}
            onCheckedChange={(keepOnFailure) => change({ keepOnFailure })}
            label={isReplace ? t("keepCopy") : t("keep")}
            hint={isReplace ? t("keepCopyHint") : t("keepHint")}
          />
        </div>
      </Card>
    </>
  );
}
