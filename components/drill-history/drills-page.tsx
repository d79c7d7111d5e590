"use client";
/** What is due, then what was rehearsed. */
import { useTranslations } from "next-intl";
import { Page } from "../shell/page.tsx";
import { Section } from "../ui/card.tsx";
import { DrillList } from "./drill-list.tsx";
import { DrillsHeader } from "./drills-header.tsx";
import { DuePlans } from "./due-plans.tsx";

export function DrillsPage() {
  const t = useTranslations("drills.list");
  return (
    <Page>
      <DrillsHeader lead="lead" />
      <DuePlans />
      <Section title={t("history")}>
        <DrillList />
      </Section>
    </Page>
  );
}
