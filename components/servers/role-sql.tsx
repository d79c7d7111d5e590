"use client";
/** `<RoleSql username restoreUsername databases />`: the SQL that creates a least-privileged role, to copy; asked for when opened. */
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { getBackupRoleSql } from "#lib/contracts/servers";
import { call } from "#lib/http/client";
import { ProblemNotice } from "../state/error-state.tsx";
import { Skeleton } from "../state/skeleton.tsx";
import { CodeBlock } from "../ui/code-block.tsx";

export function RoleSql({ username, restoreUsername }: { username: string; restoreUsername: string }) {
  const t = useTranslations("servers.form");
  const [open, setOpen] = useState(false);
  const body = { username: username.trim(), restoreUsername: restoreUsername.trim(), databases: [] };
  const sql = useQuery({
    queryKey: [getBackupRoleSql.id, body],
    queryFn: ({ signal }) => call(getBackupRoleSql, { body, signal }),
    enabled: open && body.username !== "",
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <details className="group rounded-lg border border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-3.5 py-2.5 text-[0.8125rem] font-medium text-ink hover:bg-hover">
        <ChevronRight aria-hidden className="size-4 text-ink-3 transition-transform group-open:rotate-90" />
        {t("roleSql")}
      </summary>
      <div className="flex flex-col gap-2 border-t border-line p-3.5">
        {body.username === "" ? (
          <p className="text-[0.8125rem] text-ink-2">{t("roleSqlNeedsName")}</p>
        ) : (
          <>
            <p className="text-xs text-ink-3">{t("roleSqlHint")}</p>
            <ProblemNotice error={sql.error} />
            {sql.data === undefined ? (
              sql.error ? null : (
                <Skeleton className="h-24 w-full" />
              )
            ) : (
              <CodeBlock label="SQL" code={sql.data.sql} />
            )}
          </>
        )}
      </div>
    </details>
  );
}
