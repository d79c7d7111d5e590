"use client";
/** One person: what they may do, whether they may come in, their link and their sessions. */
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { UserDto } from "#lib/contracts/people";
import { activeAdminsQuery, getUserQuery } from "#lib/query/people";
import { useMe } from "../shell/me.tsx";
import { Page } from "../shell/page.tsx";
import { PageHeader } from "../shell/page-header.tsx";
import { ErrorState } from "../state/error-state.tsx";
import { PageSkeleton } from "../state/skeleton.tsx";
import { StatusBadge } from "../status/status-badge.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { Facts } from "../ui/facts.tsx";
import { AbsoluteTime, RelativeTime } from "../ui/relative-time.tsx";
import { ChangeAccess } from "./change-access.tsx";
import { NewLink } from "./new-link.tsx";
import { personBlock } from "./person-blocks.ts";
import { PersonForm } from "./person-form.tsx";
import { PersonSessions } from "./person-sessions.tsx";

export function PersonView({ id }: { id: string }) {
  const t = useTranslations("people");
  const me = useMe();
  const { data: person, error, refetch } = useQuery(getUserQuery(id));
  const admins = useQuery(activeAdminsQuery());
  if (person === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  const block = personBlock(person, me.id, admins.data?.total);
  const isMe = person.id === me.id;
  return (
    <Page>
      <PageHeader
        title={person.name}
        crumbs={[{ href: "/settings/people", label: t("title") }]}
        badges={
          <>
            <StatusBadge status={`user.${person.state}`} />
            {isMe ? <Badge>{t("you")}</Badge> : null}
          </>
        }
        description={person.email}
        actions={isMe ? null : <NewLink person={person} />}
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <PersonForm key={person.version} person={person} block={block} />
          <PersonSessions person={person} isMe={isMe} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <PersonFacts person={person} />
          <ChangeAccess person={person} block={block} />
        </div>
      </div>
    </Page>
  );
}

function PersonFacts({ person }: { person: UserDto }) {
  const t = useTranslations("people");
  return (
    <Card title={t("facts")}>
      <Facts
        className="-my-2"
        items={[
          { label: t("columns.lastSeen"), value: <RelativeTime at={person.lastSeenAt} never={t("neverSeen")} /> },
          { label: t("since"), value: <AbsoluteTime at={person.createdAt} /> },
          { label: t("tokens"), value: person.liveTokens },
          ...(person.linkExpiresAt === null ? [] : [{ label: t("linkUntil"), value: <AbsoluteTime at={person.linkExpiresAt} /> }]),
        ]}
      />
    </Card>
  );
}
