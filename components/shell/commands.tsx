"use client";
/** What the command menu offers, as data: fixed entries of the person's permissions, and what the search finds. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  Activity,
  Archive,
  Bell,
  BellRing,
  CalendarDays,
  Database,
  DatabaseBackup,
  FileInput,
  FileSearch,
  Gauge,
  HardDrive,
  KeyRound,
  LayoutDashboard,
  LifeBuoy,
  Monitor,
  Moon,
  Plug,
  Plus,
  Rocket,
  Scale,
  ScrollText,
  Server,
  ShieldCheck,
  Siren,
  SlidersHorizontal,
  Sun,
  Trash2,
  Users,
  type LucideIcon,
} from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { formatMinute } from "#lib/format/time";
import { searchEverythingQuery } from "#lib/query/system";
import { listSourceNamesQuery } from "#lib/query/sources";
import { useAskBackUp } from "../sources/back-up-dialog.tsx";
import { useCan } from "./me.tsx";
import { useTheme } from "./use-theme.tsx";

export type CommandGroup = "actions" | "go" | "sources" | "servers" | "backups" | "look";
export type Command = {
  readonly id: string;
  readonly group: CommandGroup;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly icon: LucideIcon;
  readonly href?: string | undefined;
  readonly run?: (() => void) | undefined;
};

/** A thousand sources are found by typing, not by scrolling. */
const mostBackUps = 20;

/** Entries whose words contain all that was typed, accents and case aside. */
export function matching(commands: readonly Command[], query: string): Command[] {
  const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const words = plain(query).split(/\s+/u).filter(Boolean);
  return commands.filter(({ label, hint }) => words.every((word) => plain(`${label} ${hint ?? ""}`).includes(word)));
}

export function useCommands(query: string, isOpen: boolean): { commands: Command[]; isSearching: boolean } {
  const t = useTranslations("commands");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const can = useCan();
  const [, setTheme] = useTheme();
  const askBackUp = useAskBackUp();
  const sources = useQuery({ ...listSourceNamesQuery(), enabled: isOpen });
  const search = useQuery({
    ...searchEverythingQuery(query),
    enabled: isOpen && query.trim().length > 1,
    placeholderData: keepPreviousData,
  });

  const typed = query.trim() !== "";
  const backUps: Command[] = (can("backups:create") ? (sources.data?.items ?? []) : [])
    .filter(({ paused }) => !paused)
    .map((source) => ({
      id: `back-up-${source.id}`,
      group: "actions" as const,
      label: t(source.activeRunId === null ? "backUp" : "watchBackUp", { source: source.name }),
      hint: source.path ?? source.serverName ?? undefined,
      icon: DatabaseBackup,
      href: source.activeRunId === null ? undefined : `/runs/${source.activeRunId}`,
      run: source.activeRunId === null ? () => askBackUp(source) : undefined,
    }));
  const fixed: Command[] = [
    ...(can("servers:write")
      ? [{ id: "add-server", group: "actions" as const, label: t("addServer"), icon: Plus, href: "/settings/servers/new" }]
      : []),
    ...(can("sources:write")
      ? [{ id: "add-source", group: "actions" as const, label: t("addSource"), icon: Plus, href: "/sources/new" }]
      : []),
    ...(can("backups:import")
      ? [{ id: "import-backup", group: "actions" as const, label: t("importBackup"), icon: FileInput, href: "/imports/new" }]
      : []),
    { id: "go-overview", group: "go", label: t("goOverview"), icon: LayoutDashboard, href: "/" },
    { id: "go-sources", group: "go", label: t("goSources"), icon: Database, href: "/sources" },
    { id: "go-imports", group: "go", label: t("goImports"), icon: FileInput, href: "/imports" },
    { id: "go-calendar", group: "go", label: t("goCalendar"), icon: CalendarDays, href: "/calendar" },
    { id: "go-policies", group: "go", label: t("goPolicies"), icon: Scale, href: "/policies" },
    { id: "go-trash", group: "go", label: t("goTrash"), icon: Trash2, href: "/trash" },
    { id: "go-drills", group: "go", label: t("goDrills"), icon: ShieldCheck, href: "/drills" },
    { id: "go-verify-report", group: "go", label: t("goVerifyReport"), icon: FileSearch, href: "/reports/verify" },
    { id: "go-runs", group: "go", label: t("goRuns"), icon: Activity, href: "/activity" },
    { id: "go-incidents", group: "go", label: t("goIncidents"), icon: Siren, href: "/activity/incidents" },
    { id: "go-alerts", group: "go", label: t("goAlerts"), icon: BellRing, href: "/activity/alerts" },
    { id: "go-gates", group: "go", label: t("goGates"), icon: Rocket, href: "/activity/gates" },
    { id: "go-integrity", group: "go", label: t("goIntegrity"), icon: ShieldCheck, href: "/activity/integrity" },
    { id: "go-audit", group: "go", label: t("goAudit"), icon: ScrollText, href: "/activity/audit" },
    { id: "go-system", group: "go", label: t("goSystem"), icon: Gauge, href: "/settings" },
    { id: "go-servers", group: "go", label: t("goServers"), icon: Server, href: "/settings/servers" },
    { id: "go-storage", group: "go", label: t("goStorage"), icon: HardDrive, href: "/settings/storage" },
    ...(can("notifications:manage")
      ? [{ id: "go-notifications", group: "go" as const, label: t("goNotifications"), icon: Bell, href: "/settings/notifications" }]
      : []),
    { id: "go-integrations", group: "go", label: t("goIntegrations"), icon: Plug, href: "/settings/integrations" },
    ...(can("people:manage")
      ? [{ id: "go-people", group: "go" as const, label: t("goPeople"), icon: Users, href: "/settings/people" }]
      : []),
    ...(can("tokens:manage")
      ? [{ id: "go-tokens", group: "go" as const, label: t("goTokens"), icon: KeyRound, href: "/settings/tokens" }]
      : []),
    { id: "go-profile", group: "go", label: t("goProfile"), icon: SlidersHorizontal, href: "/settings/profile" },
    ...(can("servers:write") ? [{ id: "go-start", group: "go" as const, label: t("goStart"), icon: LifeBuoy, href: "/start" }] : []),
    { id: "theme-light", group: "look", label: t("themeLight"), icon: Sun, run: () => setTheme("light") },
    { id: "theme-dark", group: "look", label: t("themeDark"), icon: Moon, run: () => setTheme("dark") },
    { id: "theme-system", group: "look", label: t("themeSystem"), icon: Monitor, run: () => setTheme("system") },
  ];
  const shown = [
    ...matching(backUps, query).slice(0, mostBackUps),
    ...(typed ? matching(fixed, query) : fixed.filter(({ group }) => group !== "look")),
  ];
  const data = query.trim().length > 1 ? search.data : undefined;
  const found: Command[] = [
    ...(data?.sources ?? []).map(({ id, name, serverName, path }) => ({
      id,
      group: "sources" as const,
      label: name,
      hint: path ?? (serverName === null ? undefined : t("onServer", { server: serverName })),
      icon: Database,
      href: `/sources/${id}`,
    })),
    ...(data?.servers ?? []).map(({ id, name }) => ({
      id,
      group: "servers" as const,
      label: name,
      icon: Server,
      href: `/settings/servers/${id}`,
    })),
    ...(data?.backups ?? []).map(({ id, sourceName, label, snapshotAt }) => ({
      id,
      group: "backups" as const,
      label: label === "" ? t("backupOf", { source: sourceName }) : label,
      hint: `${sourceName} · ${formatMinute(snapshotAt, { locale, timeZone })}`,
      icon: Archive,
      href: `/backups/${id}`,
    })),
  ];
  return { commands: [...found, ...shown], isSearching: search.isFetching };
}
