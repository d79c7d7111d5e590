"use client";
/** `<IncidentFacts incident canChange />`: severity and assignee, changed in place, and what it is about. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { updateIncident, type IncidentDetailDto } from "#lib/contracts/incidents";
import { incidentSeverities, type IncidentSeverity } from "#lib/domain/incident-state";
import { incidentChanges } from "#lib/query/incidents";
import { listUsersQuery } from "#lib/query/people";
import { useAction } from "#lib/query/use-action";
import { useCan } from "../shell/me.tsx";
import { ProblemNotice } from "../state/error-state.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Card } from "../ui/card.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { AbsoluteTime } from "../ui/relative-time.tsx";
import { Select } from "../ui/select.tsx";

type FactsProps = { incident: IncidentDetailDto; canChange: boolean };

export function IncidentFacts({ incident, canChange }: FactsProps) {
  const t = useTranslations("incidents.one");
  const kinds = useTranslations("incidents.kinds");
  const update = useAction(updateIncident, { changes: incidentChanges });
  const change = (body: { severity?: IncidentSeverity; assigneeId?: string | null }) =>
    update.mutate({ params: { id: incident.id }, body, ifMatch: incident.version });
  const items: Fact[] = [
    {
      label: t("severity"),
      value: canChange ? (
        <SeverityChoice value={incident.severity} onChange={(severity) => change({ severity })} readOnly={update.isPending} />
      ) : (
        <StatusBadge status={`severity.${incident.severity}`} />
      ),
    },
    {
      label: t("assignee"),
      value: canChange ? (
        <AssigneeChoice incident={incident} onChange={(assigneeId) => change({ assigneeId })} readOnly={update.isPending} />
      ) : (
        (incident.assigneeName ?? t("assign"))
      ),
    },
    { label: t("kind"), value: kinds(incident.kind) },
    ...(incident.sourceId === null
      ? []
      : [
          {
            label: t("source"),
            value: (
              <Link href={`/sources/${incident.sourceId}`} className="link">
                {incident.sourceName}
              </Link>
            ),
          },
        ]),
    ...(incident.drillId === null
      ? []
      : [
          {
            label: t("drill"),
            value: (
              <Link href={`/drills/${incident.drillId}`} className="link">
                {t("openDrill")}
              </Link>
            ),
          },
        ]),
    { label: t("openedAt"), value: <AbsoluteTime at={incident.openedAt} /> },
    ...(incident.closedAt === null ? [] : [{ label: t("closedAt"), value: <AbsoluteTime at={incident.closedAt} /> }]),
  ];
  return (
    <Card title={t("facts")}>
      <Facts items={items} className="-my-2 [&>div]:grid-cols-[6rem_minmax(0,1fr)]" />
      {update.error === null ? null : <ProblemNotice error={update.error} className="mt-3" />}
    </Card>
  );
}

type SeverityProps = { value: IncidentSeverity; onChange: (value: IncidentSeverity) => void; readOnly: boolean };

function SeverityChoice({ value, onChange, readOnly }: SeverityProps) {
  const t = useTranslations("incidents.one");
  const name = useTranslations("status.severity");
  return (
    <Select
      label={t("severity")}
      value={value}
      onValueChange={onChange}
      readOnly={readOnly}
      options={incidentSeverities.map((severity) => ({ value: severity, label: name(severity) }))}
    />
  );
}

const nobody = "nobody";

type AssigneeProps = { incident: IncidentDetailDto; onChange: (id: string | null) => void; readOnly: boolean };

/** People who may sign in, and whoever it is now; who may not see people keeps the present assignee. */
function AssigneeChoice({ incident, onChange, readOnly }: AssigneeProps) {
  const t = useTranslations("incidents.one");
  const can = useCan();
  const { data } = useQuery({ ...listUsersQuery({ limit: 200, state: "active" }), enabled: can("people:manage") });
  const { assigneeId, assigneeName } = incident;
  const people = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const missing = assigneeId !== null && !people.some(({ value }) => value === assigneeId);
  return (
    <Select
      label={t("assignee")}
      value={assigneeId ?? nobody}
      onValueChange={(next) => onChange(next === nobody ? null : next)}
      readOnly={readOnly}
      options={[
        { value: nobody, label: t("assign") },
        ...people,
        ...(missing ? [{ value: assigneeId, label: assigneeName ?? assigneeId }] : []),
      ]}
    />
  );
}
