"use client";
/** Validate: the checks, and the copy itself: its tables, a console that only reads, and how an application reaches it. */
import { usePathname, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { Tabs } from "../ui/tabs.tsx";
import { ChecksPanel } from "./checks-panel.tsx";
import { ConnectionPanel } from "./connection-panel.tsx";
import { DrillRuns } from "./drill-runs.tsx";
import { SqlConsole } from "./sql-console.tsx";
import { TableBrowser } from "./table-browser.tsx";
import { useMayAct } from "./use-may-act.ts";

const looks = ["checks", "tables", "console", "connection"] as const;
type Look = (typeof looks)[number];

export function ValidateStep({ drill, onClose }: { drill: DrillDetailDto; onClose: () => void }) {
  const t = useTranslations("drills.wizard.looks");
  const mayAct = useMayAct(drill);
  const path = usePathname();
  const search = useSearchParams();
  const hasCopy = drill.state === "validating" && mayAct;
  const shown = looks.filter((look) => look === "checks" || (hasCopy && (look !== "connection" || drill.target?.type === "sandbox")));
  const look = shown.find((name) => name === search.get("look")) ?? "checks";
  const open = (next: Look): void => {
    const params = new URLSearchParams(search);
    if (next === "checks") params.delete("look");
    else params.set("look", next);
    const query = params.toString();
    window.history.replaceState(null, "", query === "" ? path : `${path}?${query}`);
  };
  const content: Record<Look, ReactNode> = {
    checks: (
      <div className="flex flex-col gap-6">
        <ChecksPanel drill={drill} onClose={onClose} />
        <DrillRuns drill={drill} types={["drill-check"]} />
      </div>
    ),
    tables: <TableBrowser drill={drill} />,
    console: <SqlConsole drill={drill} />,
    connection: <ConnectionPanel drill={drill} />,
  };
  if (shown.length === 1) return content.checks;
  return (
    <Tabs
      value={look}
      onValueChange={open}
      tabs={shown.map((name) => ({ value: name, label: t(name), content: name === look ? content[name] : null }))}
    />
  );
}
