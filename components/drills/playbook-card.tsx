"use client";
/** `<PlaybookCard playbook={{ version, text }} />`: what to do, beside the steps, as it was when the drill began. */
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { Card } from "../ui/card.tsx";
import { Markdown } from "../ui/markdown.tsx";

export function PlaybookCard({ playbook }: { playbook: DrillDetailDto["playbook"] }) {
  const t = useTranslations("drills.wizard.playbook");
  const isEmpty = playbook.text.trim() === "";
  return (
    <Card title={t("title")} description={isEmpty ? undefined : t("version", { version: playbook.version })}>
      {isEmpty ? (
        <p className="text-[0.8125rem] text-ink-3">{t("empty")}</p>
      ) : (
        <div role="region" aria-label={t("title")} tabIndex={0} className="max-h-[32rem] overflow-y-auto">
          <Markdown text={playbook.text} />
        </div>
      )}
    </Card>
  );
}
