"use client";
/** Where one is signed in: this session is marked, any other can be ended. */
import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { endMyOtherSessions, endMySession } from "#lib/contracts/people";
import { listMySessionsQuery } from "#lib/query/people";
import { useAction } from "#lib/query/use-action";
import { SessionList } from "../people/session-list.tsx";
import { ErrorState, ProblemNotice } from "../state/error-state.tsx";
import { RowsSkeleton } from "../state/skeleton.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { toast } from "../ui/toast.tsx";

const changes = ["listMySessions", "listUserSessions", "listUsers", "getUser", "listAuditEvents"];

export function MySessions() {
  const t = useTranslations("people.sessions");
  const [open, setOpen] = useState(false);
  const query = useQuery(listMySessionsQuery());
  const sessions = query.data?.items;
  const others = sessions?.filter(({ current }) => !current).length ?? 0;
  const endOne = useAction(endMySession, { changes, onDone: ({ ended }) => toast({ title: t("ended", { count: ended }) }) });
  const endOthers = useAction(endMyOtherSessions, {
    changes,
    onDone: ({ ended }) => {
      setOpen(false);
      toast({ title: t("ended", { count: ended }) });
    },
  });
  return (
    <Card
      id="sessions"
      title={t("mine")}
      description={t("mineLead")}
      flush
      actions={
        others > 0 ? (
          <Button size="sm" icon={LogOut} onClick={() => setOpen(true)}>
            {t("endOthers", { count: others })}
          </Button>
        ) : null
      }
    >
      {sessions === undefined ? (
        query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <RowsSkeleton rows={2} />
        )
      ) : (
        <SessionList
          label={t("mine")}
          sessions={sessions}
          onEnd={({ id }) => endOne.mutate({ params: { id } })}
          pendingId={endOne.isPending ? endOne.variables.params?.id : undefined}
        />
      )}
      <ProblemNotice error={endOne.error} className="m-4" />
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("endOthersTitle")}
        confirm={t("endOthers", { count: others })}
        pending={endOthers.isPending}
        onConfirm={() => endOthers.mutate({})}
      >
        <p>{t("endOthersText")}</p>
        <ProblemNotice error={endOthers.error} />
      </ConfirmDialog>
    </Card>
  );
}
