"use client";
/** `<ServerForm server={server} />` edits, without a server it adds one. Saving a new one leads on to its databases. */
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, type SyntheticEvent } from "react";
import { createServer, updateServer, type ServerDto } from "#lib/contracts/servers";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { fieldErrors } from "../state/problem-of.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { toast } from "../ui/toast.tsx";
import { ConnectionCheck } from "./connection-check.tsx";
import { AddressFields, RoleFields, type FieldsProps } from "./connection-fields.tsx";
import { draftOf, emptyDraft, missingPasswords, toInput, toPatch, withChange, withUrl, type ServerDraft } from "./server-draft.ts";
import { UrlEntry } from "./url-entry.tsx";

const changes = ["listServers", "getServer", "listServerDatabases", "searchEverything"];

export function ServerForm({ server }: { server?: ServerDto }) {
  const t = useTranslations("servers.form");
  const router = useRouter();
  const [draft, setDraft] = useState<ServerDraft>(() => (server ? draftOf(server) : emptyDraft));
  const [way, setWay] = useState<"url" | "fields">(server ? "fields" : "url");
  const create = useAction(createServer, {
    changes,
    onDone: (made) => {
      toast({ title: t("saved", { name: made.name }) });
      router.push(`/settings/servers/${made.id}/databases`);
    },
  });
  const update = useAction(updateServer, {
    changes,
    onDone: (changed) => {
      setDraft(draftOf(changed));
      toast({ title: t("changed", { name: changed.name }) });
    },
  });
  const error = create.error ?? update.error;
  const missing = server === undefined ? { password: false, restorePassword: false } : missingPasswords(server, draft);
  const isMissing = missing.password || missing.restorePassword;
  const fields: FieldsProps = {
    draft,
    errors: {
      ...fieldErrors(error),
      ...(missing.password ? { password: t("passwordAgain") } : {}),
      ...(missing.restorePassword ? { restorePassword: t("passwordAgain") } : {}),
    },
    change: (change) => setDraft((before) => withChange(before, change)),
    stored: {
      password: (server?.hasPassword ?? false) && !missing.password,
      restorePassword: (server?.hasRestorePassword ?? false) && !missing.restorePassword,
    },
  };
  const incomplete = draft.name.trim() === "" || draft.host.trim() === "" || draft.username === "";
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (server) update.mutate({ params: { id: server.id }, body: toPatch(draft), ifMatch: server.version });
    else create.mutate({ body: toInput(draft) });
  };
  return (
    <form onSubmit={submit} className="flex max-w-3xl flex-col gap-5" autoComplete="off">
      {server ? null : (
        <Card
          title={t("way")}
          actions={
            <Segmented
              label={t("way")}
              value={way}
              onValueChange={setWay}
              options={[
                { value: "url", label: t("byUrl") },
                { value: "fields", label: t("byFields") },
              ]}
            />
          }
        >
          {way === "url" ? (
            <UrlEntry onParsed={(parsed) => setDraft((before) => withUrl(before, parsed))} />
          ) : (
            <p className="text-[0.8125rem] text-ink-2">{t("byFieldsHint")}</p>
          )}
        </Card>
      )}
      <Card title={t("address")}>
        <AddressFields {...fields} />
      </Card>
      <Card title={t("roles")} description={t("rolesHint")}>
        <RoleFields {...fields} />
      </Card>
      <ConnectionCheck draft={draft} serverId={server?.id} disabled={draft.host.trim() === "" || draft.username === "" || isMissing} />
      <ProblemNotice error={error} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" pending={create.isPending || update.isPending} disabled={incomplete || isMissing}>
          {server ? t("saveChanges") : t("save")}
        </Button>
        {incomplete || isMissing ? <p className="text-xs text-ink-3">{t(incomplete ? "incomplete" : "passwordAgain")}</p> : null}
      </div>
    </form>
  );
}
