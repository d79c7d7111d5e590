"use client";
/** `<RehearsalNotice …/>`: offers the same restore into a fresh copy first, or says that this is it. It does not call itself a proof. */
import { FlaskConical } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { rich } from "../ui/rich.tsx";

type RehearsalProps = { isRehearsal: boolean; name: string; pending: boolean; onRehearse: () => void };

export function RehearsalNotice({ isRehearsal, name, pending, onRehearse }: RehearsalProps) {
  const t = useTranslations("restores.rehearsal");
  if (isRehearsal) return <Notice title={t("is")}>{t("isText")}</Notice>;
  return (
    <Notice
      title={t("title")}
      actions={
        <Button size="sm" icon={FlaskConical} pending={pending} onClick={onRehearse}>
          {t("button")}
        </Button>
      }
    >
      {t.rich("text", { ...rich, name })}
    </Notice>
  );
}
