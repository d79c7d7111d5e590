"use client";
/** `<PolicyEditor policy onSaved onClose />`: one retention policy, new or changed; `copyOf` begins with another one's numbers. */
import { useTranslations } from "next-intl";
import { useId, useState, type SyntheticEvent } from "react";
import { createPolicy, updatePolicy, type PolicyDto } from "#lib/contracts/policies";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { toast } from "../ui/toast.tsx";
import { useDraft } from "../ui/use-draft.ts";
import { policyChanges } from "./policy-changes.ts";
import { policyDraftOf, policyFaults, policyOf, ruleOf, type PolicyDraft } from "./policy-draft.ts";
import { usePolicyName } from "./policy-name.ts";
import { RuleFields } from "./rule-fields.tsx";
import { useRuleText } from "./rule-text.ts";

type EditorProps = {
  /** Null: a new one. */
  policy: PolicyDto | null;
  copyOf?: PolicyDto | undefined;
  onSaved?: (policy: PolicyDto) => void;
  onClose: () => void;
};

export function PolicyEditor({ policy, copyOf, onSaved, onClose }: EditorProps) {
  const t = useTranslations("policies.editor");
  const tellName = usePolicyName();
  const tellRule = useRuleText();
  const form = useId();
  const [draft, change] = useDraft<PolicyDraft>(() =>
    copyOf === undefined ? policyDraftOf(policy) : { ...policyDraftOf(copyOf), name: "" },
  );
  const [wasTried, setWasTried] = useState(false);
  const faults = policyFaults(draft);
  const rule = ruleOf(draft);
  const onDone = (saved: PolicyDto): void => {
    toast({ title: t("saved", { name: tellName(saved.name) }) });
    onSaved?.(saved);
    onClose();
  };
  const create = useAction(createPolicy, { changes: policyChanges, onDone });
  const update = useAction(updatePolicy, { changes: policyChanges, onDone });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setWasTried(true);
    const made = policyOf(draft);
    if (made === null) return;
    if (policy === null) create.mutate({ body: made });
    else update.mutate({ params: { id: policy.id }, body: made, ifMatch: policy.version });
  };
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={policy === null ? t("addTitle") : t("editTitle", { name: tellName(policy.name) })}
      footer={
        <>
          <DialogCancel />
          <Button type="submit" form={form} variant="primary" pending={create.isPending || update.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
        {policy === null || policy.sourceCount === 0 ? null : <Notice>{t("shared", { count: policy.sourceCount })}</Notice>}
        <Field label={t("name")} error={wasTried && faults.has("name") ? t("faults.name") : undefined}>
          <Input value={draft.name} onValueChange={(name) => change({ name })} required maxLength={120} />
        </Field>
        <RuleFields draft={draft} change={change} faults={faults} />
        <div className="grid items-start gap-5 sm:grid-cols-[12rem_minmax(0,1fr)]">
          <Field
            label={t("graceDays")}
            hint={t("graceHint")}
            error={faults.has("graceDays") ? t("faults.number", { min: 0, max: 365 }) : undefined}
          >
            <Input inputMode="numeric" value={draft.graceDays} onValueChange={(graceDays) => change({ graceDays })} maxLength={3} />
          </Field>
          <div className="sm:pt-6">
            <Switch
              checked={draft.afterBackup}
              onCheckedChange={(afterBackup) => change({ afterBackup })}
              label={t("afterBackup")}
              hint={t("afterBackupHint")}
            />
          </div>
        </div>
        <div className="rounded-lg border border-line bg-sunken px-3.5 py-3">
          <p className="text-xs font-medium text-ink-3">{t("reading")}</p>
          <p role="status" className="text-sm font-medium text-ink">
            {rule === null ? "–" : t("readingText", { rules: tellRule(rule) })}
          </p>
          <p className="mt-1.5 text-xs text-ink-3">{t("always")}</p>
        </div>
        <ProblemNotice error={create.error ?? update.error} />
      </form>
    </Dialog>
  );
}
