"use client";
/** `<TakeOut backup />`: brings a backup back from the trash, with all that it needs. One that a policy put there is pinned by that. */
import { Undo2 } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import type { z } from "zod";
import { restoreFromTrash, type trashedBackup } from "#lib/contracts/policies";
import { isPolicyReason } from "#lib/domain/retention-rule";
import { formatMinute } from "#lib/format/time";
import { useAction } from "#lib/query/use-action";
import { trashChanges } from "../policies/policy-changes.ts";
import { useProblemText } from "../state/error-state.tsx";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

export type TrashedDto = z.infer<typeof trashedBackup>;

export function TakeOut({ backup }: { backup: Pick<TrashedDto, "id" | "snapshotAt" | "reason"> }) {
  const t = useTranslations("trash");
  const settings = { locale: useLocale(), timeZone: useTimeZone() ?? "UTC" };
  const tell = useProblemText();
  const restore = useAction(restoreFromTrash, {
    changes: trashChanges,
    onDone: ({ restored }) =>
      toast({ title: t("takenOut", { count: restored.length }), ...(isPolicyReason(backup.reason) ? { text: t("pinned") } : {}) }),
    onProblem: (error) => toast({ tone: "bad", title: tell(error).message, text: tell(error).hint }),
  });
  return (
    <Button
      size="sm"
      icon={Undo2}
      pending={restore.isPending}
      aria-label={t("takeOutOf", { time: formatMinute(backup.snapshotAt, settings) })}
      onClick={() => restore.mutate({ params: { id: backup.id } })}
      className="relative z-10"
    >
      {t("takeOut")}
    </Button>
  );
}
