"use client";
/** `<ConfirmReplace database plan onConfirm />`: the typed name and, for production, the second confirmation. Says what is missing. */
import { Replace } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import type { ReplacePlanDto } from "#lib/contracts/restores";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { rich } from "../ui/rich.tsx";

export type ReplaceConfirmation = { readonly confirmName: string; readonly confirmProduction: boolean };

type ConfirmProps = {
  database: string;
  serverName: string;
  plan: ReplacePlanDto;
  blocked: boolean;
  pending: boolean;
  onConfirm: (confirmation: ReplaceConfirmation) => void;
  children: ReactNode;
};

export function ConfirmReplace({ database, serverName, plan, blocked, pending, onConfirm, children }: ConfirmProps) {
  const t = useTranslations("restores.replace");
  const common = useTranslations("common");
  const [typed, setTyped] = useState("");
  const [production, setProduction] = useState(false);
  const mistyped = typed !== "" && !database.startsWith(typed);
  const ready = typed === database && (production || !plan.needsProductionConfirmation);
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !blocked) onConfirm({ confirmName: typed, confirmProduction: production });
      }}
    >
      {blocked ? null : (
        <Card title={t("confirm")}>
          <div className="flex flex-col gap-4">
            <Field
              label={common.rich("typeToConfirm", { ...rich, name: database })}
              error={mistyped ? t("mistyped") : undefined}
              className="max-w-md"
            >
              <Input mono value={typed} onValueChange={(next) => setTyped(next)} autoComplete="off" spellCheck={false} />
            </Field>
            {plan.needsProductionConfirmation ? (
              <Checkbox
                checked={production}
                onCheckedChange={setProduction}
                label={t("production", { database, server: serverName })}
                hint={t("productionHint", { sessions: plan.sessions })}
              />
            ) : null}
          </div>
        </Card>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="danger" icon={Replace} disabled={blocked || !ready} pending={pending}>
          {t("start", { database })}
        </Button>
        {children}
        {ready || blocked ? null : <p className="text-xs text-ink-3">{typed === database ? t("stillProduction") : t("stillName")}</p>}
      </div>
    </form>
  );
}
