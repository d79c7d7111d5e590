"use client";
/** `<ClosingForm drill />`: verdict, findings, what to do better, the playbook as it shall be, and the signature. */
import { PenLine } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { closeDrill, type DrillDetailDto } from "#lib/contracts/drills";
import type { DrillVerdict } from "#lib/domain/drill-state";
import { useMe } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { ReasonText } from "../state/reason.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { readDraft, writeDraft, writtenFindings, type ClosingDraft } from "./closing-draft.ts";
import { FindingsFields } from "./findings-fields.tsx";
import { PlaybookField } from "./playbook-field.tsx";
import { useDrillAction } from "./use-drill-action.ts";
import { allowedVerdicts } from "./verdict-choice.ts";

export function ClosingForm({ drill }: { drill: DrillDetailDto }) {
  const t = useTranslations("drills.wizard.close");
  const me = useMe();
  const [draft, setDraft] = useState<ClosingDraft>(() => readDraft(localStorage, drill.id));
  const [name, setName] = useState("");
  const close = useDrillAction(closeDrill, drill.id, { quiet: true, onDone: () => writeDraft(localStorage, drill.id, null) });
  const change = (next: Partial<ClosingDraft>): void => {
    const changed = { ...draft, ...next };
    setDraft(changed);
    writeDraft(localStorage, drill.id, changed);
  };
  const findings = writtenFindings(draft.findings);
  const allowed = allowedVerdicts(drill.bestVerdict, findings.length > 0);
  const verdict = allowed.find((each) => each === draft.verdict) ?? allowed[0] ?? "failed";
  const isSigned = name.trim().normalize("NFC") === me.name.trim().normalize("NFC");
  const isReady = isSigned && drill.activeRunId === null && drill.pausedAt === null;
  const playbook = draft.playbook !== null && draft.playbook !== drill.playbook.text ? draft.playbook : undefined;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    close.mutate({
      params: { id: drill.id },
      ifMatch: drill.version,
      body: { verdict, findings, improvement: draft.improvement, signedName: name.trim(), ...(playbook === undefined ? {} : { playbook }) },
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6">
      <VerdictCard drill={drill} allowed={allowed} value={verdict} onChange={(next) => change({ verdict: next })} />
      <Card title={t("findings")} description={t("findingsLead")}>
        <FindingsFields value={draft.findings} onChange={(next) => change({ findings: next })} />
      </Card>
      <Card title={t("better")} description={t("betterLead")}>
        <div className="flex flex-col gap-4">
          <Field label={t("improvement")} optional>
            <Textarea rows={3} value={draft.improvement} onValueChange={(improvement) => change({ improvement })} maxLength={4000} />
          </Field>
          <PlaybookField text={drill.playbook.text} value={draft.playbook} onChange={(next) => change({ playbook: next })} />
        </div>
      </Card>
      <Card title={t("sign")} description={t("signLead")}>
        <div className="flex flex-col items-start gap-4">
          <Field label={t("name")} hint={t("nameHint", { name: me.name })} className="w-full max-w-md">
            <Input value={name} onValueChange={(next) => setName(next)} autoComplete="off" spellCheck={false} maxLength={120} />
          </Field>
          <ProblemNotice error={close.error} className="w-full" />
          <div className="flex flex-wrap items-center gap-3">
            <Button
              type="submit"
              variant={verdict === "failed" ? "danger" : "primary"}
              icon={PenLine}
              disabled={!isReady}
              pending={close.isPending}
            >
              {t(`submit.${verdict}`)}
            </Button>
            {isReady ? null : (
              <p className="text-xs text-ink-3">
                {t(drill.pausedAt !== null ? "stillPaused" : drill.activeRunId !== null ? "stillBusy" : "stillName")}
              </p>
            )}
          </div>
        </div>
      </Card>
    </form>
  );
}

type VerdictProps = {
  drill: DrillDetailDto;
  allowed: readonly DrillVerdict[];
  value: DrillVerdict;
  onChange: (verdict: DrillVerdict) => void;
};

function VerdictCard({ drill, allowed, value, onChange }: VerdictProps) {
  const t = useTranslations("drills.wizard.close");
  const words = useTranslations("status.verdict");
  const all: readonly DrillVerdict[] = ["passed", "passed-with-findings", "failed"];
  return (
    <Card title={t("verdict")} description={t("verdictLead")}>
      <div className="flex flex-col gap-4">
        {drill.verdictReasons.length === 0 ? null : (
          <Notice tone={allowed[0] === "failed" ? "bad" : "warn"} title={t("why", { best: words(drill.bestVerdict ?? "failed") })}>
            <ul className="flex flex-col gap-2">
              {drill.verdictReasons.map((reason, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- one code may stand twice
                <li key={`${reason.code}-${index}`}>
                  <ReasonText reason={reason} />
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <RadioCards
          label={t("verdict")}
          value={value}
          onValueChange={onChange}
          options={all.map((verdict) => ({
            value: verdict,
            label: words(verdict),
            hint: t(`verdictHints.${verdict}`),
            disabled: !allowed.includes(verdict),
          }))}
        />
      </div>
    </Card>
  );
}
