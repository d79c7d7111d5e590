"use client";
/** `<ManualCheck drill check definition canAct />`: the question, the answer with a note, and who gave it. */
import { Check, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { CheckDefinition } from "#lib/contracts/drill-checks";
import { answerDrillCheck, type DrillCheckDto, type DrillDetailDto } from "#lib/contracts/drills";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/input.tsx";
import { useDrillAction } from "./use-drill-action.ts";

type ManualProps = {
  drill: DrillDetailDto;
  check: DrillCheckDto;
  definition: Extract<CheckDefinition, { type: "manual" }>;
  canAct: boolean;
};

export function ManualCheck({ drill, check, definition, canAct }: ManualProps) {
  const t = useTranslations("drills.wizard.manual");
  const [isAnswering, setIsAnswering] = useState(false);
  const isDecided = check.state === "passed" || check.state === "failed";
  return (
    <div className="flex flex-col gap-2">
      {definition.question === definition.name ? null : <p className="text-sm text-ink">{definition.question}</p>}
      {definition.hint === "" ? null : <p className="text-[0.8125rem] whitespace-pre-wrap text-ink-2">{definition.hint}</p>}
      {isDecided && check.decidedBy !== null ? (
        <p className="text-[0.8125rem] text-ink-2">
          {t(check.state === "passed" ? "passedBy" : "failedBy", { name: check.decidedBy })}
          {check.note === "" ? null : <span className="block wrap-anywhere whitespace-pre-wrap">“{check.note}”</span>}
        </p>
      ) : null}
      {canAct && (!isDecided || isAnswering) ? (
        <Answer drill={drill} check={check} onDone={() => setIsAnswering(false)} />
      ) : canAct ? (
        <Button size="sm" className="self-start" onClick={() => setIsAnswering(true)}>
          {t("change")}
        </Button>
      ) : null}
    </div>
  );
}

function Answer({ drill, check, onDone }: { drill: DrillDetailDto; check: DrillCheckDto; onDone: () => void }) {
  const t = useTranslations("drills.wizard.manual");
  const [note, setNote] = useState(check.note);
  const answer = useDrillAction(answerDrillCheck, drill.id, { onDone });
  const give = (verdict: "passed" | "failed"): void => answer.mutate({ params: { id: drill.id, key: check.key }, body: { verdict, note } });
  const isBlocked = drill.pausedAt !== null;
  return (
    <div className="flex max-w-xl flex-col gap-2.5">
      <Field label={t("note")} optional>
        <Textarea rows={2} value={note} onValueChange={setNote} maxLength={4000} />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" icon={Check} disabled={isBlocked} pending={answer.isPending} onClick={() => give("passed")}>
          {t("passed")}
        </Button>
        <Button size="sm" icon={X} disabled={isBlocked || answer.isPending} onClick={() => give("failed")}>
          {t("failed")}
        </Button>
      </div>
    </div>
  );
}
