/** In place of a page that this person's role may not see: says so, and who may. */
import { LockKeyhole } from "lucide-react";
import { useTranslations } from "next-intl";
import { EmptyState } from "../state/empty-state.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";

export function AdminsOnly({ what }: { what: "people" | "tokens" | "notifications" }) {
  const t = useTranslations("settings.adminsOnly");
  return (
    <Card flush>
      <EmptyState icon={LockKeyhole} title={t(what)} actions={<ButtonLink href="/settings/profile">{t("toProfile")}</ButtonLink>}>
        {t("text")}
      </EmptyState>
    </Card>
  );
}
