"use client";
/** The fields of a new token. */
import { useTranslations } from "next-intl";
import { roles } from "#lib/domain/permissions";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { RadioCards, Segmented } from "../ui/segmented.tsx";
import { ScopeChoice } from "./scope-choice.tsx";
import { tokenUses } from "./scopes.ts";
import { lifetimes, scopesOf, withUse, type TokenDraft } from "./token-draft.ts";

type TokenFieldsProps = { draft: TokenDraft; onChange: (change: Partial<TokenDraft>) => void; error: unknown };

export function TokenFields({ draft, onChange, error }: TokenFieldsProps) {
  const t = useTranslations("tokens.make");
  const roleName = useTranslations("shell.roles");
  return (
    <div className="flex flex-col gap-5">
      <ProblemNotice error={error} />
      <Field label={t("name")} hint={t("nameHint")} error={fieldErrors(error)["name"]}>
        <Input value={draft.name} onValueChange={(name) => onChange({ name })} maxLength={120} autoComplete="off" spellCheck={false} />
      </Field>
      <FieldGroup legend={t("use")}>
        <RadioCards
          label={t("use")}
          value={draft.use}
          onValueChange={(use) => onChange(withUse(draft, use))}
          options={tokenUses.map((use) => ({ value: use, label: t(`uses.${use}`), hint: t(`useHints.${use}`) }))}
          className="sm:grid-cols-2"
        />
      </FieldGroup>
      {draft.use === "own" ? (
        <>
          <FieldGroup legend={t("role")} hint={t("roleHint")}>
            <Segmented
              label={t("role")}
              value={draft.role}
              onValueChange={(role) => onChange({ role })}
              options={roles.map((role) => ({ value: role, label: roleName(role) }))}
            />
          </FieldGroup>
          <ScopeChoice role={draft.role} chosen={draft.chosen} onChange={(chosen) => onChange({ chosen })} />
          {scopesOf(draft)?.length === 0 ? <p className="text-xs text-ink-3">{t("nothingChosen")}</p> : null}
        </>
      ) : (
        <p className="text-[0.8125rem] text-ink-2">
          {t("gives", { role: roleName(draft.role), scopes: scopesOf(draft)?.join(", ") ?? t("everything") })}
        </p>
      )}
      <FieldGroup legend={t("lifetime")}>
        <Segmented
          label={t("lifetime")}
          value={draft.lifetime}
          onValueChange={(lifetime) => onChange({ lifetime })}
          options={lifetimes.map((value) => ({
            value,
            label: value === "never" ? t("never") : t("days", { count: Number(value) }),
          }))}
        />
        {draft.lifetime === "never" ? (
          <Notice tone="warn" className="mt-3" title={t("neverTitle")}>
            {t("neverText")}
          </Notice>
        ) : null}
      </FieldGroup>
    </div>
  );
}
