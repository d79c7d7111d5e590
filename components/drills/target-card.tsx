"use client";
/** `<TargetCard target />`: where the copy goes: a sandbox, a temporary database or a file; never a name that something else has. */
import { useTranslations } from "next-intl";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { Card } from "../ui/card.tsx";
import { InlineCode } from "../ui/code-block.tsx";
import { Facts, type Fact } from "../ui/facts.tsx";
import { Notice } from "../ui/notice.tsx";

export function TargetCard({ target }: { target: NonNullable<DrillDetailDto["target"]> }) {
  const t = useTranslations("drills.wizard.target");
  const items: Fact[] = [
    { label: t("type"), value: t(`types.${target.type}`), hint: t(`hints.${target.type}`) },
    { label: t(target.type === "file" ? "file" : "database"), value: <InlineCode>{target.name}</InlineCode> },
    ...(target.serverName === null ? [] : [{ label: t("server"), value: target.serverName }]),
    ...(target.serverVersion === null || target.type === "file"
      ? []
      : [{ label: t("version"), value: `PostgreSQL ${target.serverVersion}` }]),
    ...(target.hostName === null ? [] : [{ label: t("host"), value: target.hostName }]),
  ];
  return (
    <Card title={t("title")}>
      <Facts columns={2} className="-my-2" items={items} />
      {target.type === "sandbox" ? (
        <Notice tone={target.confined ? "info" : "warn"} title={t(target.confined ? "confined" : "unconfined")} className="mt-4">
          {t(target.confined ? "confinedText" : "unconfinedText")}
        </Notice>
      ) : null}
    </Card>
  );
}
