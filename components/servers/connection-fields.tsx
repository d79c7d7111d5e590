"use client";
/** The parts of a server's form: address with encryption, and the two roles. */
import { useTranslations } from "next-intl";
import { tlsModes } from "#lib/contracts/servers";
import { Field, FieldGroup } from "../ui/field.tsx";
import { Input, Textarea } from "../ui/input.tsx";
import { Notice } from "../ui/notice.tsx";
import { Select } from "../ui/select.tsx";
import { RoleSql } from "./role-sql.tsx";
import { SecretField } from "./secret-field.tsx";
import type { ServerDraft } from "./server-draft.ts";

export type FieldsProps = {
  draft: ServerDraft;
  change: (change: Partial<ServerDraft>) => void;
  errors: Record<string, string>;
  stored: { password: boolean; restorePassword: boolean };
};

const weak = new Set<ServerDraft["tlsMode"]>(["disable", "prefer"]);

export function AddressFields({ draft, change, errors }: FieldsProps) {
  const t = useTranslations("servers.form");
  const checksCa = draft.tlsMode === "verify-ca" || draft.tlsMode === "verify-full";
  return (
    <div className="grid gap-4 sm:grid-cols-6">
      <Field label={t("name")} hint={t("nameHint")} error={errors["name"]} className="sm:col-span-6">
        <Input value={draft.name} onValueChange={(name) => change({ name })} required maxLength={120} />
      </Field>
      <Field label={t("host")} hint={t("hostHint")} error={errors["host"]} className="sm:col-span-4">
        <Input mono value={draft.host} onValueChange={(host) => change({ host })} required spellCheck={false} />
      </Field>
      <Field label={t("port")} error={errors["port"]} className="sm:col-span-2">
        <Input mono inputMode="numeric" pattern="[0-9]*" value={draft.port} onValueChange={(port) => change({ port })} required />
      </Field>
      <Field label={t("tlsMode")} error={errors["tlsMode"]} className="sm:col-span-6">
        <Select
          value={draft.tlsMode}
          onValueChange={(tlsMode) => change({ tlsMode })}
          options={tlsModes.map((mode) => ({ value: mode, label: t(`tlsModes.${mode}`) }))}
        />
      </Field>
      <Notice tone={weak.has(draft.tlsMode) ? "warn" : "info"} className="sm:col-span-6">
        {t(`tlsExplained.${draft.tlsMode}`)}
      </Notice>
      {checksCa ? (
        <Field label={t("tlsCa")} hint={t("tlsCaHint")} error={errors["tlsCa"]} optional className="sm:col-span-6">
          <Textarea
            mono
            rows={6}
            value={draft.tlsCa}
            onValueChange={(tlsCa) => change({ tlsCa })}
            spellCheck={false}
            placeholder="-----BEGIN CERTIFICATE-----"
          />
        </Field>
      ) : null}
      <Field
        label={t("maintenanceDatabase")}
        hint={t("maintenanceDatabaseHint")}
        error={errors["maintenanceDatabase"]}
        className="sm:col-span-6"
      >
        <Input
          mono
          value={draft.maintenanceDatabase}
          onValueChange={(maintenanceDatabase) => change({ maintenanceDatabase })}
          spellCheck={false}
        />
      </Field>
      <Field label={t("notes")} optional error={errors["notes"]} className="sm:col-span-6">
        <Textarea value={draft.notes} onValueChange={(notes) => change({ notes })} rows={2} />
      </Field>
    </div>
  );
}

export function RoleFields({ draft, change, errors, stored }: FieldsProps) {
  const t = useTranslations("servers.form");
  return (
    <div className="flex flex-col gap-5">
      <FieldGroup legend={t("backupRole")} hint={t("backupRoleHint")}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("username")} error={errors["username"]}>
            <Input mono value={draft.username} onValueChange={(username) => change({ username })} required spellCheck={false} />
          </Field>
          <SecretField
            label={t("password")}
            value={draft.password}
            stored={stored.password}
            onChange={(password) => change({ password })}
            error={errors["password"]}
          />
        </div>
      </FieldGroup>
      <FieldGroup legend={t("restoreRole")} hint={t("restoreRoleHint")}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("restoreUsername")} error={errors["restoreUsername"]} optional>
            <Input mono value={draft.restoreUsername} onValueChange={(restoreUsername) => change({ restoreUsername })} spellCheck={false} />
          </Field>
          <SecretField
            label={t("restorePassword")}
            value={draft.restorePassword}
            stored={stored.restorePassword}
            onChange={(restorePassword) => change({ restorePassword })}
            error={errors["restorePassword"]}
            optional
          />
        </div>
      </FieldGroup>
      <RoleSql username={draft.username} restoreUsername={draft.restoreUsername} />
    </div>
  );
}
