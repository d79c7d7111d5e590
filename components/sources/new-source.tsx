"use client";
/** `<NewSource servers={items} />`: what is to be protected, a database of a server or a file; the choice is in the address. */
import { Plus, Server } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import type { ServerDto } from "#lib/contracts/servers";
import type { sourceEngines } from "#lib/domain/backup-state";
import { ServerChoice } from "../servers/server-choice.tsx";
import { EmptyState } from "../state/empty-state.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card, Section } from "../ui/card.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { PickFile } from "./pick-file.tsx";

type Engine = (typeof sourceEngines)[number];

export function NewSource({ servers }: { servers: readonly ServerDto[] }) {
  const t = useTranslations("sources");
  const router = useRouter();
  const engine: Engine = useSearchParams().get("engine") === "sqlite" ? "sqlite" : "postgres";
  return (
    <>
      <RadioCards<Engine>
        label={t("engine.label")}
        value={engine}
        onValueChange={(next) => router.replace(next === "sqlite" ? "/sources/new?engine=sqlite" : "/sources/new", { scroll: false })}
        options={[
          { value: "postgres", label: t("engine.postgres"), hint: t("engine.postgresHint") },
          { value: "sqlite", label: t("engine.sqlite"), hint: t("engine.sqliteHint") },
        ]}
        className="sm:grid-cols-2"
      />
      {engine === "sqlite" ? (
        <PickFile />
      ) : servers.length === 0 ? (
        <NoServers />
      ) : (
        <Section title={t("chooseServer")} className="flex flex-col gap-3 [&>header]:mb-0">
          <ServerChoice servers={servers} />
        </Section>
      )}
    </>
  );
}

function NoServers() {
  const t = useTranslations("sources.engine");
  const servers = useTranslations("servers");
  return (
    <Card flush>
      <EmptyState
        icon={Server}
        title={t("noServer")}
        actions={
          <ButtonLink variant="primary" icon={Plus} href="/settings/servers/new">
            {servers("add")}
          </ButtonLink>
        }
      >
        {t("noServerHint")}
      </EmptyState>
    </Card>
  );
}
