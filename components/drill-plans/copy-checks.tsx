"use client";
/** `<CopyChecks sourceId version />`: takes over the checks of another source's plan, all or some; those with the same key are replaced. */
import { useQuery } from "@tanstack/react-query";
import { CopyPlus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { copyDrillChecks } from "#lib/contracts/drill-plans";
import { getDrillPlanQuery } from "#lib/query/drill-plans";
import { listSourceNamesQuery } from "#lib/query/sources";
import { useAction } from "#lib/query/use-action";
import { useCheckName } from "../drills/check-name.ts";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { toast } from "../ui/toast.tsx";
import { planAnswers } from "./plan-answers.ts";

type CopyProps = { sourceId: string; version: number; disabled: boolean };

export function CopyChecks({ sourceId, version, disabled }: CopyProps) {
  const t = useTranslations("drillPlans.copy");
  const [open, setOpen] = useState(false);
  const [round, setRound] = useState(0);
  return (
    <>
      <Button
        size="sm"
        icon={CopyPlus}
        disabled={disabled}
        title={disabled ? t("saveFirst") : undefined}
        onClick={() => {
          setRound(round + 1);
          setOpen(true);
        }}
      >
        {t("button")}
      </Button>
      <CopyDialog key={round} sourceId={sourceId} version={version} open={open} onOpenChange={setOpen} />
    </>
  );
}

type DialogProps = Omit<CopyProps, "disabled"> & { open: boolean; onOpenChange: (open: boolean) => void };

function CopyDialog({ sourceId, version, open, onOpenChange }: DialogProps) {
  const t = useTranslations("drillPlans.copy");
  const [fromId, setFromId] = useState<string | null>(null);
  /** Null: all of them. */
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const nameOf = useCheckName();
  const { data: names } = useQuery({ ...listSourceNamesQuery(), enabled: open });
  const from = useQuery({ ...getDrillPlanQuery(fromId ?? ""), enabled: open && fromId !== null, refetchInterval: false });
  const copy = useAction(copyDrillChecks, {
    changes: planAnswers,
    onDone: () => {
      toast({ title: t("done") });
      onOpenChange(false);
    },
  });
  const checks = fromId === null ? [] : (from.data?.checks ?? []);
  const keys = chosen === null ? checks.map(({ key }) => key) : [...chosen];
  const toggle = (key: string, isOn: boolean): void => setChosen(new Set(isOn ? [...keys, key] : keys.filter((other) => other !== key)));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    if (fromId !== null) copy.mutate({ params: { id: sourceId }, body: { fromSourceId: fromId, keys }, ifMatch: version });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      description={t("lead")}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form="copy-checks" variant="primary" pending={copy.isPending} disabled={keys.length === 0}>
            {t("confirm", { count: keys.length })}
          </Button>
        </>
      }
    >
      <form id="copy-checks" onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("from")}>
          <Select
            value={fromId}
            placeholder={t("choose")}
            onValueChange={(next) => {
              setFromId(next);
              setChosen(null);
            }}
            options={(names?.items ?? []).filter(({ id }) => id !== sourceId).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
        {checks.length === 0 ? null : (
          <FieldGroup legend={t("which")}>
            <div className="flex max-h-72 flex-col gap-2 overflow-y-auto">
              {checks.map((check) => (
                <Checkbox
                  key={check.key}
                  checked={keys.includes(check.key)}
                  onCheckedChange={(isOn) => toggle(check.key, isOn)}
                  label={nameOf(check)}
                />
              ))}
            </div>
          </FieldGroup>
        )}
        <ProblemNotice error={copy.error ?? from.error} />
      </form>
    </Dialog>
  );
}
