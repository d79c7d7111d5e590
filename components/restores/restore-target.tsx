"use client";
/** Where a restore goes: a new database, which is the rule, or the place of one that is there. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ServerDto } from "#lib/contracts/servers";
import { environments } from "#lib/domain/backup-state";
import { listServerDatabasesQuery } from "#lib/query/servers";
import { guessEnvironment } from "../servers/guess-environment.ts";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import type { RestoreDraft } from "./restore-draft.ts";
import { byteLength } from "./suggest-name.ts";

type TargetProps = {
  draft: RestoreDraft;
  servers: readonly ServerDto[];
  ownServerId: string | null;
  change: (change: Partial<RestoreDraft>) => void;
};

export function RestoreTarget({ draft, servers, ownServerId, change }: TargetProps) {
  const t = useTranslations("restores.new");
  const can = useCan();
  const bytes = byteLength(draft.database);
  return (
    <Card title={t("target")}>
      <div className="flex flex-col gap-5">
        {can("restores:replace") ? (
          <RadioCards
            label={t("mode")}
            value={draft.mode}
            onValueChange={(mode) => change({ mode })}
            options={[
              { value: "new", label: t("modeNew"), hint: t("modeNewHint") },
              { value: "replace", label: t("modeReplace"), hint: t("modeReplaceHint") },
            ]}
          />
        ) : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("server")}>
            <Select
              value={draft.serverId}
              onValueChange={(serverId) => change({ serverId, replaced: null })}
              options={servers.map(({ id, name, host, port }) => ({
                value: id,
                label: name,
                hint: id === ownServerId ? t("sameServer") : `${host}:${port}`,
              }))}
            />
          </Field>
          {draft.mode === "new" ? (
            <Field label={t("database")} hint={t("databaseHint")} error={bytes > 63 ? t("databaseTooLong", { bytes }) : undefined}>
              <Input mono value={draft.database} onValueChange={(database) => change({ database })} required spellCheck={false} />
            </Field>
          ) : draft.serverId === null ? null : (
            <ExistingDatabase serverId={draft.serverId} draft={draft} change={change} />
          )}
        </div>
      </div>
    </Card>
  );
}

/** The server's databases as it tells them now; Lifeboat's own catalogue cannot be picked. */
function ExistingDatabase({ serverId, draft, change }: { serverId: string } & Pick<TargetProps, "draft" | "change">) {
  const t = useTranslations("restores.new");
  const environmentName = useTranslations("status.environment");
  const { data, error, refetch, isFetching } = useQuery(listServerDatabasesQuery(serverId));
  const picked = data?.databases.find(({ name }) => name === draft.replaced);
  if (data === undefined && error) {
    return (
      <div className="flex flex-col items-start gap-2">
        <ProblemNotice error={error} />
        <Button size="sm" pending={isFetching} onClick={() => void refetch()}>
          {t("again")}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Field label={t("existing")} hint={t("existingHint")}>
        <Select
          value={draft.replaced}
          placeholder={data === undefined ? t("existingAsking") : t("existingPick")}
          disabled={data === undefined}
          onValueChange={(replaced) => change({ replaced, environment: guessEnvironment(replaced) })}
          options={(data?.databases ?? []).map(({ name, isCatalogue, sourceId }) => ({
            value: name,
            label: name,
            hint: isCatalogue ? t("existingCatalogue") : sourceId === null ? t("existingNoSource") : t("existingSource"),
            disabled: isCatalogue,
          }))}
        />
      </Field>
      {picked === undefined || picked.sourceId !== null ? null : (
        <Field label={t("environment")} hint={t("environmentHint")} className="sm:col-start-2">
          <Select
            value={draft.environment}
            onValueChange={(environment) => change({ environment })}
            options={environments.map((value) => ({ value, label: environmentName(value) }))}
          />
        </Field>
      )}
    </>
  );
}
