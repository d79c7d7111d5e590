"use client";
/** `<PlaybookVersions plan onTake />`: every version of the playbook, who wrote it and when; an older one can be taken up again. */
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { DrillPlanDto } from "#lib/contracts/drill-plans";
import { listPlaybooksQuery } from "#lib/query/drill-plans";
import { ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";

type VersionsProps = { plan: DrillPlanDto; onTake: (text: string) => void; mayPlan: boolean };

export function PlaybookVersions({ plan, onTake, mayPlan }: VersionsProps) {
  const t = useTranslations("drillPlans.versions");
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({ ...listPlaybooksQuery(plan.sourceId), enabled: open, refetchInterval: false });
  return (
    <>
      <Button size="sm" variant="ghost" icon={History} onClick={() => setOpen(true)}>
        {t("button", { count: plan.playbookVersion })}
      </Button>
      <Dialog wide open={open} onOpenChange={setOpen} title={t("title")} description={t("lead")}>
        <ProblemNotice error={error} />
        {data === undefined ? (
          error ? null : (
            <RowsSkeleton rows={3} />
          )
        ) : (
          <ol className="flex flex-col gap-2">
            {data.items.map((version) => (
              <li key={version.version} className="rounded-lg border border-line">
                <details>
                  <summary className="cursor-pointer px-3 py-2 text-sm text-ink select-none">
                    {t("version", { version: version.version })}{" "}
                    <span className="text-xs text-ink-3">
                      {version.authorName} · <AbsoluteTime at={version.createdAt} />
                    </span>
                  </summary>
                  <div className="flex flex-col items-start gap-3 border-t border-line p-3">
                    {version.text.trim() === "" ? (
                      <p className="text-sm text-ink-3">{t("empty")}</p>
                    ) : (
                      <Markdown text={version.text} className="w-full" />
                    )}
                    {mayPlan && version.version !== plan.playbookVersion ? (
                      <Button
                        size="sm"
                        onClick={() => {
                          onTake(version.text);
                          setOpen(false);
                        }}
                      >
                        {t("take")}
                      </Button>
                    ) : null}
                  </div>
                </details>
              </li>
            ))}
          </ol>
        )}
      </Dialog>
    </>
  );
}
