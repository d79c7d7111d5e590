"use client";
/** Somebody's open sessions, and the end of all of them. One's own are ended one by one on the profile. */
import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { endUserSessions, type UserDto } from "#lib/contracts/people";
import { listUserSessionsQuery } from "#lib/query/people";
import { useAction } from "#lib/query/use-action";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { toast } from "../ui/toast.tsx";
import { SessionList } from "./session-list.tsx";

export function PersonSessions({ person, isMe }: { person: UserDto; isMe: boolean }) {
  const t = useTranslations("people.sessions");
  const [open, setOpen] = useState(false);
  const query = useQuery(listUserSessionsQuery(person.id));
  const sessions = query.data?.items;
  const end = useAction(endUserSessions, {
    changes: ["listUserSessions", "getUser", "listUsers", "listAuditEvents"],
    onDone: ({ ended }) => {
      setOpen(false);
      toast({ title: t("ended", { count: ended }) });
    },
  });
  const count = sessions?.length ?? 0;
  const actions = isMe ? (
    <ButtonLink size="sm" href="/settings/profile#sessions">
      {t("onProfile")}
    </ButtonLink>
  ) : count > 0 ? (
    <Button size="sm" icon={LogOut} onClick={() => setOpen(true)}>
      {t("endAll", { count })}
    </Button>
  ) : null;
  return (
    <Card title={t("title")} actions={actions} flush>
      {sessions === undefined ? (
        query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <RowsSkeleton rows={2} />
        )
      ) : count === 0 ? (
        <p className="px-4 py-5 text-sm text-ink-2 sm:px-5">{t("none")}</p>
      ) : (
        <SessionList label={t("title")} sessions={sessions} />
      )}
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("endAllTitle", { name: person.name })}
        confirm={t("endAll", { count })}
        pending={end.isPending}
        onConfirm={() => end.mutate({ params: { id: person.id } })}
      >
        <p>{t("endAllText", { name: person.name })}</p>
        <ProblemNotice error={end.error} />
      </ConfirmDialog>
    </Card>
  );
}
