"use client";
/** `<SourceIncidents sourceId={source.id} />`: above a source's page while an incident of it is open. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { listIncidentsQuery } from "#lib/query/incidents";
import { useCan } from "../shell/me.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { useIncidentTitle } from "./incident-title.ts";

export function SourceIncidents({ sourceId }: { sourceId: string }) {
  const t = useTranslations("incidents");
  const can = useCan();
  const titleOf = useIncidentTitle();
  const { data } = useQuery({
    ...listIncidentsQuery({ source: sourceId, state: "open", limit: 5 }),
    enabled: can("incidents:read"),
  });
  const only = data?.total === 1 ? data.items[0] : undefined;
  if (data === undefined || data.total === 0) return null;
  return (
    <Notice
      tone="bad"
      title={t("ofSource", { count: data.total })}
      actions={
        only === undefined ? null : (
          <ButtonLink size="sm" href={`/incidents/${only.id}`}>
            {t("openOne")}
          </ButtonLink>
        )
      }
    >
      <ul>
        {data.items.map((incident) => (
          <li key={incident.id}>
            <Link href={`/incidents/${incident.id}`} className="link">
              {t("name", { number: incident.number, title: titleOf(incident) })}
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
