"use client";
/**
 * `<StartDrill source />`, `<StartDrill source backupId label="Prove it" />`: the button and its dialog; while a drill of the source is open, the
 * way to that one. Nothing for whom it is not allowed.
 */
import { useQuery } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { useState, type SyntheticEvent } from "react";
import { startDrill } from "#lib/contracts/drills";
import { getDrillPlanQuery } from "#lib/query/drill-plans";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { problemOf } from "../state/problem-of.tsx";
import { Button, ButtonLink, type ButtonVariant } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Switch } from "../ui/switch.tsx";
import { toast } from "../ui/toast.tsx";
import { BackupChoice, TargetChoice } from "./drill-choices.tsx";
import { targetOf } from "./target-choice.ts";
import { drillAnswers } from "./use-drill-action.ts";

type Source = { readonly id: string; readonly name: string; readonly engine: "postgres" | "sqlite" };
type StartProps = {
  source: Source;
  /** Instead of the plan's choice. */
  backupId?: string;
  label?: string;
  variant?: ButtonVariant;
  size?: "sm" | "md";
};

export function StartDrill({ source, backupId, label, variant = "secondary", size = "md" }: StartProps) {
  const t = useTranslations("drills.start");
  const can = useCan();
  const [open, setOpen] = useState(false);
  const [round, setRound] = useState(0);
  const { data: plan } = useQuery({ ...getDrillPlanQuery(source.id), enabled: can("drills:read") });
  if (typeof plan?.openDrillId === "string") {
    return (
      <ButtonLink size={size} variant={variant} icon={LifeBuoy} href={`/drills/${plan.openDrillId}`}>
        {t("goOn")}
      </ButtonLink>
    );
  }
  if (!can("drills:operate")) return null;
  return (
    <>
      <Button
        size={size}
        variant={variant}
        icon={LifeBuoy}
        onClick={() => {
          setRound(round + 1);
          setOpen(true);
        }}
      >
        {label ?? t("button")}
      </Button>
      <StartDialog key={round} source={source} backupId={backupId ?? null} open={open} onOpenChange={setOpen} />
    </>
  );
}

type DialogProps = { source: Source; backupId: string | null; open: boolean; onOpenChange: (open: boolean) => void };

function StartDialog({ source, backupId: wanted, open, onOpenChange }: DialogProps) {
  const t = useTranslations("drills.start");
  const router = useRouter();
  const [backupId, setBackupId] = useState(wanted);
  const [target, setTarget] = useState<string | null>(null);
  const [isUnattended, setIsUnattended] = useState(false);
  const start = useAction(startDrill, {
    changes: drillAnswers,
    onDone: ({ id }) => {
      onOpenChange(false);
      router.push(`/drills/${id}`);
    },
    onProblem: (error) => {
      const problem = problemOf(error);
      const drillId = problem?.code === "drill-open" ? problem.params["drillId"] : undefined;
      if (typeof drillId !== "string") return;
      onOpenChange(false);
      toast({ title: t("already") });
      router.push(`/drills/${drillId}`);
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    start.mutate({
      body: {
        sourceId: source.id,
        unattended: isUnattended,
        ...(backupId === null ? {} : { backupId }),
        ...(target === null ? {} : { target: targetOf(target) }),
      },
    });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title", { name: source.name })}
      description={t("text")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="start-drill" variant="primary" pending={start.isPending}>
            {t(isUnattended ? "confirmUnattended" : "confirm")}
          </Button>
        </>
      }
    >
      <form id="start-drill" onSubmit={submit} className="flex flex-col gap-4">
        <BackupChoice sourceId={source.id} value={backupId} onChange={setBackupId} enabled={open} keep={t("byPlan")} />
        {source.engine === "sqlite" ? null : <TargetChoice value={target} onChange={setTarget} enabled={open} keep={t("targetByPlan")} />}
        <Switch checked={isUnattended} onCheckedChange={setIsUnattended} label={t("unattended")} hint={t("unattendedHint")} />
        <ProblemNotice error={start.error} />
      </form>
    </Dialog>
  );
}
