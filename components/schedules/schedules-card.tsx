"use client";
/** `<SchedulesCard source />`: what starts by itself for a source, and the ways to change that. With none, the offers come first. */
import { useQuery } from "@tanstack/react-query";
import { CalendarClock, Plus, Sparkles } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ScheduleDto } from "#lib/contracts/schedules";
import type { SourceDetailDto } from "#lib/contracts/sources";
import { isBackupTask } from "#lib/domain/schedule-task";
import { sourceSchedulesQuery } from "#lib/query/schedules";
import { useCan } from "../shell/me.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { PresetDialog } from "./preset-dialog.tsx";
import { PresetForm } from "./preset-form.tsx";
import { ScheduleEditor } from "./schedule-editor.tsx";
import { ScheduleRow } from "./schedule-row.tsx";

type Asked = { readonly dialog: "preset" } | { readonly dialog: "editor"; readonly schedule: ScheduleDto | null };

export function SchedulesCard({ source }: { source: SourceDetailDto }) {
  const t = useTranslations("schedules");
  const mayWrite = useCan()("policies:write");
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = (): void => setAsked(null);
  const { data, error, refetch } = useQuery(sourceSchedulesQuery(source.id));
  const items = data?.items ?? [];
  const backsUp = items.filter(({ task, enabled }) => enabled && isBackupTask(task));
  return (
    <>
      <Card
        flush
        title={t("title")}
        description={t("lead")}
        actions={
          mayWrite && items.length > 0 ? (
            <>
              <Button size="sm" variant="ghost" icon={Sparkles} onClick={() => setAsked({ dialog: "preset" })}>
                {t("preset.button")}
              </Button>
              <Button size="sm" icon={Plus} onClick={() => setAsked({ dialog: "editor", schedule: null })}>
                {t("add")}
              </Button>
            </>
          ) : null
        }
      >
        {data === undefined ? (
          error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <RowsSkeleton rows={4} />
          )
        ) : items.length > 0 ? (
          <ul className="divide-y divide-line/70">
            {items.map((schedule) => (
              <ScheduleRow
                key={schedule.id}
                schedule={schedule}
                isLastBackup={backsUp.length === 1 && backsUp[0]?.id === schedule.id}
                onEdit={() => setAsked({ dialog: "editor", schedule })}
              />
            ))}
          </ul>
        ) : mayWrite ? (
          <div className="flex flex-col gap-4 px-4 py-5 sm:px-5">
            <div>
              <p className="text-base font-semibold tracking-tight text-ink">{t("empty.title")}</p>
              <p className="text-sm text-ink-2">{t("empty.text")}</p>
            </div>
            <PresetForm source={source} present={0} onOwn={() => setAsked({ dialog: "editor", schedule: null })} />
          </div>
        ) : (
          <EmptyState icon={CalendarClock} title={t("empty.title")}>
            {t("empty.viewer")}
          </EmptyState>
        )}
      </Card>
      {asked?.dialog === "preset" ? (
        <PresetDialog source={source} present={items.length} onOwn={() => setAsked({ dialog: "editor", schedule: null })} onClose={close} />
      ) : null}
      {asked?.dialog === "editor" ? <ScheduleEditor source={source} schedule={asked.schedule} onClose={close} /> : null}
    </>
  );
}
