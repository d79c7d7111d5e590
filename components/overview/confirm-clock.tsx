"use client";
/** `<ConfirmClock label />`: what the clock says and how far it jumped; whoever says that it is right lets removals go on. */
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { confirmClock } from "#lib/contracts/policies";
import { formatDuration } from "#lib/format/duration";
import { getClockQuery } from "#lib/query/clock";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { toast } from "../ui/toast.tsx";

export function ConfirmClock({ label }: { label: string }) {
  const t = useTranslations("overview.clock");
  const locale = useLocale();
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({ ...getClockQuery(), enabled: open });
  const confirm = useAction(confirmClock, {
    changes: ["getClock", "getOverview", "listAlerts", "listAuditEvents"],
    onDone: () => {
      setOpen(false);
      toast({ title: t("done") });
    },
  });
  const jump = data?.jumpSeconds ?? null;
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog
        open={open}
        danger={false}
        onOpenChange={setOpen}
        title={t("title")}
        confirm={t("confirm")}
        disabled={data === undefined}
        pending={confirm.isPending}
        onConfirm={() => confirm.mutate({})}
      >
        {data === undefined ? null : <p>{t.rich("now", { time: () => <AbsoluteTime at={data.now} seconds /> })}</p>}
        {jump === null ? null : <p>{t("jumped", { amount: formatDuration(Math.abs(jump) * 1000, locale) })}</p>}
        <p>{t("text")}</p>
        <ProblemNotice error={error ?? confirm.error} />
      </ConfirmDialog>
    </>
  );
}
