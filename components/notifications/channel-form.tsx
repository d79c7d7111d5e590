"use client";
/** `<ChannelForm draft stored onChange onSubmit … />`: a channel's address and rules. Faults are shown once somebody tried to save. */
import { useTranslations } from "next-intl";
import { useState, type ReactNode, type SyntheticEvent } from "react";
import type { ChannelDto } from "#lib/contracts/notifications";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Switch } from "../ui/switch.tsx";
import { AddressFields, type FieldError } from "./address-fields.tsx";
import { sendsWords, type ChannelDraft } from "./channel-draft.ts";
import { faultsOf } from "./channel-faults.ts";
import { AlertsField, LanguageField, QuietField, RepeatField, SourcesField } from "./rule-fields.tsx";

type ChannelFormProps = {
  draft: ChannelDraft;
  stored: ChannelDto | null;
  onChange: (change: Partial<ChannelDraft>) => void;
  onSubmit: () => void;
  pending: boolean;
  error: unknown;
  submit: string;
  /** Beside the button that saves. */
  actions?: ReactNode;
};

export function ChannelForm({ draft, stored, onChange, onSubmit, pending, error, submit, actions }: ChannelFormProps) {
  const t = useTranslations("notifications");
  const [wasTried, setWasTried] = useState(false);
  const faults = faultsOf(draft, stored);
  const errorOf: FieldError = (field) => {
    const fault = wasTried ? faults[field] : undefined;
    return fault === undefined ? undefined : t(`form.${fault.key}`, { address: fault.address ?? "" });
  };
  const fields = { draft, errorOf, onChange };
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    setWasTried(true);
    if (Object.keys(faults).length === 0) onSubmit();
  };
  return (
    <form noValidate onSubmit={send} className="flex flex-col gap-6">
      <Card title={t("form.address")} description={t(`typeHints.${draft.type}`)}>
        <div className="flex flex-col gap-5">
          <Field label={t("form.name")} hint={t("form.nameHint")} error={errorOf("name")}>
            <Input value={draft.name} onValueChange={(name) => onChange({ name })} maxLength={120} autoComplete="off" />
          </Field>
          <AddressFields {...fields} stored={stored} />
        </div>
      </Card>
      {sendsWords(draft.type) ? (
        <>
          <Card title={t("form.what")}>
            <div className="flex flex-col gap-6">
              <AlertsField {...fields} />
              <SourcesField {...fields} />
              {draft.type === "webhook" ? null : <LanguageField {...fields} />}
            </div>
          </Card>
          <Card title={t("form.when")}>
            <div className="flex flex-col gap-6">
              <RepeatField {...fields} />
              <QuietField {...fields} />
            </div>
          </Card>
        </>
      ) : draft.pingOn === "alive" ? null : (
        <Card title={t("form.what")}>
          <SourcesField {...fields} />
        </Card>
      )}
      {stored === null ? null : (
        <Card>
          <Switch
            checked={draft.enabled}
            onCheckedChange={(enabled) => onChange({ enabled })}
            label={t("form.enabled")}
            hint={t("form.enabledHint")}
          />
        </Card>
      )}
      <ProblemNotice error={error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" pending={pending}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  );
}
