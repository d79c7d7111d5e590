"use client";
/** `<ReplacementCard restore={restore} state={state} />`: which database answers under the name, what is kept beside it, and the way back. */
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import type { ReplacementDto, RestoreDetailDto } from "#lib/contracts/restores";
import { isActive } from "#lib/domain/run-state";
import { useCan } from "../shell/me.tsx";
import { ReasonText, useReasonText } from "../state/reason.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { rich } from "../ui/rich.tsx";
import { CleanUpReplace, UndoReplace } from "./replacement-dialogs.tsx";
import { keptBeside, replacementLooks, type ReplacementState } from "./replacement-state.ts";

type CardProps = { restore: RestoreDetailDto; replacement: ReplacementDto; state: ReplacementState };

export function ReplacementCard({ restore, replacement, state }: CardProps) {
  const t = useTranslations("restores.replacement");
  const { database, run } = restore;
  const kept = keptBeside(restore);
  const values = { ...rich, database, kept: kept ?? "" };
  return (
    <>
      <Notice tone={replacementLooks[state].tone} title={t.rich(`state.${state}`, values)}>
        <p>{t.rich(cleaned(state, kept) ? "next.cleaned" : `next.${state}`, values)}</p>
        {run.error === null ? null : <ReasonText reason={run.error} className="mt-2" />}
      </Notice>
      <Card title={t("title", { database })}>
        <Facts columns={2} className="-my-2" items={useFacts(replacement, kept)} />
        <Actions restore={restore} replacement={replacement} kept={kept} />
      </Card>
    </>
  );
}

/** True where what the sentence would speak of has been removed. */
function cleaned(state: ReplacementState, kept: string | null): boolean {
  return kept === null && (state === "new" || state === "new-interrupted" || state === "undone");
}

function useFacts(replacement: ReplacementDto, kept: string | null): Fact[] {
  const t = useTranslations("restores.replacement");
  const { safetyRun, safetyBackupId, strategy, replacedAt, undoneAt, cleanedAt, followUp } = replacement;
  return [
    { label: t("answers"), value: <StatusBadge status={`answers.${replacement.answers}`} /> },
    { label: t("how"), value: strategy === null ? null : t(`strategy.${strategy}`) },
    {
      label: t("safety"),
      value:
        safetyBackupId !== null ? (
          <Link className="link" href={`/backups/${safetyBackupId}`}>
            {t("safetyOpen")}
          </Link>
        ) : safetyRun === null ? null : (
          <span className="inline-flex flex-wrap items-center gap-2">
            <Link className="link" href={`/runs/${safetyRun.id}`}>
              {t("safetyRun")}
            </Link>
            <StatusBadge status={`run.${safetyRun.state}`} />
          </span>
        ),
    },
    { label: t("replacedAt"), value: replacedAt === null ? t("notYet") : <AbsoluteTime at={replacedAt} seconds /> },
    {
      label: t("kept"),
      value: kept === null ? t("keptNone") : <InlineCode>{kept}</InlineCode>,
      hint: cleanedAt === null ? undefined : <Cleaned at={cleanedAt} />,
    },
    ...(undoneAt === null ? [] : [{ label: t("undoneAt"), value: <AbsoluteTime at={undoneAt} seconds /> }]),
    ...(followUp === null
      ? []
      : [
          {
            label: t("followUp"),
            value: (
              <span className="inline-flex flex-wrap items-center gap-2">
                <Link className="link" href={`/runs/${followUp.id}`}>
                  {t(`followUps.${followUp.type === "undo-replace" ? "undo" : "cleanUp"}`)}
                </Link>
                <StatusBadge status={`run.${followUp.state}`} />
              </span>
            ),
          },
        ]),
  ];
}

function Cleaned({ at }: { at: string }) {
  const t = useTranslations("restores.replacement");
  return t.rich("cleaned", { time: () => <AbsoluteTime at={at} /> });
}

function Actions({ restore, replacement, kept }: { restore: RestoreDetailDto; replacement: ReplacementDto; kept: string | null }) {
  const t = useTranslations("restores.replacement");
  const can = useCan();
  const tell = useReasonText();
  const [open, setOpen] = useState<"undo" | "clean-up" | null>(null);
  const { undoBlocker, cleanUpBlocker, answers, followUp } = replacement;
  if (isActive(restore.run.state) || !can("restores:replace")) return null;
  const busy = followUp !== null && isActive(followUp.state);
  const offersUndo = answers === "new";
  if (!offersUndo && kept === null) return null;
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-line/70 pt-4">
      <div className="flex flex-wrap items-center gap-2">
        {offersUndo ? (
          <Button disabled={busy || undoBlocker !== null} onClick={() => setOpen("undo")}>
            {t("undo.button")}
          </Button>
        ) : null}
        {kept === null ? null : (
          <Button variant="danger-ghost" disabled={busy || cleanUpBlocker !== null} onClick={() => setOpen("clean-up")}>
            {t("cleanUp.button", { kept })}
          </Button>
        )}
      </div>
      {busy ? <p className="text-xs text-ink-3">{t("busy")}</p> : null}
      {!busy && offersUndo && undoBlocker !== null ? (
        <p className="text-xs text-ink-3">
          {tell(undoBlocker).message}. {tell(undoBlocker).hint}
        </p>
      ) : null}
      <UndoReplace
        restore={restore}
        replacement={replacement}
        open={open === "undo"}
        onOpenChange={(next) => setOpen(next ? "undo" : null)}
      />
      {kept === null ? null : (
        <CleanUpReplace
          restore={restore}
          kept={kept}
          open={open === "clean-up"}
          onOpenChange={(next) => setOpen(next ? "clean-up" : null)}
        />
      )}
    </div>
  );
}
