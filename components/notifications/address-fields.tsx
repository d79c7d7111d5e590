"use client";
/** `<AddressFields draft stored faults onChange />`: where a channel of this type sends, with its write-only secret. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ChannelDto } from "#lib/contracts/notifications";
import { SecretField } from "../forms/secret-field.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { type ChannelDraft, goesElsewhere, secretKindOf } from "./channel-draft.ts";

export type FieldError = (field: keyof ChannelDraft) => string | undefined;
export type FieldsProps = {
  draft: ChannelDraft;
  stored: ChannelDto | null;
  errorOf: FieldError;
  onChange: (change: Partial<ChannelDraft>) => void;
};

const securities = ["starttls", "tls", "none"] as const;
const pings = ["backups", "verifications", "clean-ups", "alive"] as const;
const usualPort = { starttls: "587", tls: "465", none: "25" } as const;

export function AddressFields(props: FieldsProps) {
  switch (props.draft.type) {
    case "email":
      return <EmailFields {...props} />;
    case "telegram":
      return <TelegramFields {...props} />;
    case "ntfy":
      return <NtfyFields {...props} />;
    case "webhook":
      return <WebhookFields {...props} />;
    case "healthchecks":
      return <PingFields {...props} />;
    case "slack":
    case "discord":
    case "teams":
      return <UrlField {...props} type={props.draft.type} />;
  }
}

function EmailFields({ draft, stored, errorOf, onChange }: FieldsProps) {
  const t = useTranslations("notifications.form");
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_7rem]">
        <Field label={t("host")} error={errorOf("host")}>
          <Input
            mono
            value={draft.host}
            onValueChange={(host) => onChange({ host })}
            maxLength={255}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Field label={t("port")} error={errorOf("port")}>
          <Input inputMode="numeric" value={draft.port} onValueChange={(port) => onChange({ port })} maxLength={5} autoComplete="off" />
        </Field>
      </div>
      <FieldGroup legend={t("security")}>
        <Segmented
          label={t("security")}
          value={draft.security}
          onValueChange={(security) =>
            onChange({ security, ...(draft.port === usualPort[draft.security] ? { port: usualPort[security] } : {}) })
          }
          options={securities.map((value) => ({ value, label: t(`securities.${value}`) }))}
        />
        <p className="mt-1.5 text-xs text-ink-3">{t(`securityHints.${draft.security}`)}</p>
      </FieldGroup>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("username")} optional>
          <Input
            value={draft.username}
            onValueChange={(username) => onChange({ username })}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Secret draft={draft} stored={stored} errorOf={errorOf} onChange={onChange} label={t("password")} />
      </div>
      <Field label={t("from")} error={errorOf("from")}>
        <Input type="email" value={draft.from} onValueChange={(from) => onChange({ from })} maxLength={320} autoComplete="off" />
      </Field>
      <Field label={t("to")} hint={t("toHint")} error={errorOf("to")}>
        <Textarea value={draft.to} onValueChange={(to) => onChange({ to })} rows={3} spellCheck={false} />
      </Field>
    </>
  );
}

function TelegramFields({ draft, stored, errorOf, onChange }: FieldsProps) {
  const t = useTranslations("notifications.form");
  return (
    <>
      <Secret
        draft={draft}
        stored={stored}
        errorOf={errorOf}
        onChange={onChange}
        label={t("token.telegram")}
        hint={t("tokenHint.telegram")}
      />
      <Field label={t("chatId")} hint={t("chatIdHint")} error={errorOf("chatId")}>
        <Input mono value={draft.chatId} onValueChange={(chatId) => onChange({ chatId })} maxLength={80} autoComplete="off" />
      </Field>
      <Field label={t("apiOrigin")} error={errorOf("apiOrigin")}>
        <Input mono value={draft.apiOrigin} onValueChange={(apiOrigin) => onChange({ apiOrigin })} maxLength={2000} autoComplete="off" />
      </Field>
    </>
  );
}

function NtfyFields({ draft, stored, errorOf, onChange }: FieldsProps) {
  const t = useTranslations("notifications.form");
  return (
    <>
      <Field label={t("server")} error={errorOf("server")}>
        <Input mono value={draft.server} onValueChange={(server) => onChange({ server })} maxLength={2000} autoComplete="off" />
      </Field>
      <Field label={t("topic")} hint={t("topicHint")} error={errorOf("topic")}>
        <Input mono value={draft.topic} onValueChange={(topic) => onChange({ topic })} maxLength={64} autoComplete="off" />
      </Field>
      <Secret draft={draft} stored={stored} errorOf={errorOf} onChange={onChange} label={t("token.ntfy")} hint={t("tokenHint.ntfy")} />
    </>
  );
}

function WebhookFields(props: FieldsProps) {
  const t = useTranslations("notifications.form");
  const { draft, onChange } = props;
  return (
    <>
      <UrlField {...props} type="webhook" />
      <Switch
        checked={draft.stateChanges}
        onCheckedChange={(stateChanges) => onChange({ stateChanges })}
        label={t("stateChanges")}
        hint={t("stateChangesHint")}
      />
    </>
  );
}

function PingFields(props: FieldsProps) {
  const t = useTranslations("notifications.form");
  const { draft, onChange } = props;
  return (
    <>
      <UrlField {...props} type="healthchecks" />
      <Field label={t("pingOn")} hint={t(`pingHint.${draft.pingOn}`)}>
        <Select
          value={draft.pingOn}
          onValueChange={(pingOn) => onChange({ pingOn })}
          options={pings.map((value) => ({ value, label: t(`pingsOn.${value}`) }))}
        />
      </Field>
    </>
  );
}

type UrlType = "slack" | "discord" | "teams" | "webhook" | "healthchecks";

function UrlField({ type, ...props }: FieldsProps & { type: UrlType }) {
  const t = useTranslations("notifications.form");
  const { stored } = props;
  return (
    <div className="flex flex-col gap-1.5">
      <Secret {...props} label={t(`url.${type}`)} hint={t(`urlHint.${type}`)} />
      {stored === null || stored.host === null ? null : <p className="text-xs text-ink-3">{t("storedFor", { host: stored.host })}</p>}
    </div>
  );
}

/** A stored secret that would go to another address is not offered to be kept. */
function Secret({ draft, stored, errorOf, onChange, label, hint }: FieldsProps & { label: string; hint?: ReactNode }) {
  const t = useTranslations("notifications.form");
  const { kind, optional } = secretKindOf(draft.type);
  const isMoved = stored !== null && goesElsewhere(draft, stored);
  return (
    <SecretField
      label={label}
      isStored={stored !== null && stored.secret[kind] && !isMoved}
      value={draft[kind]}
      onValueChange={(typed) => onChange({ [kind]: typed })}
      hint={isMoved ? t("askAgain") : hint}
      error={errorOf(kind)}
      optional={optional && !isMoved}
    />
  );
}
