/** The places of the navigation, as data. A page that has no entry of its own belongs to the place that leads to it. */
import { Activity, CalendarDays, Database, LayoutDashboard, Scale, Settings, ShieldCheck, type LucideIcon } from "lucide-react";

export type Place = {
  readonly key: "overview" | "sources" | "calendar" | "policies" | "drills" | "activity" | "settings";
  readonly href: string;
  readonly icon: LucideIcon;
  readonly owns: readonly string[];
  /** On a small screen it stands in the person's menu: the bar below has room for five. */
  readonly wide?: true;
};

export const places: readonly Place[] = [
  { key: "overview", href: "/", icon: LayoutDashboard, owns: ["/start"] },
  { key: "sources", href: "/sources", icon: Database, owns: ["/sources", "/backups", "/chains", "/imports", "/restores", "/trash"] },
  { key: "calendar", href: "/calendar", icon: CalendarDays, owns: ["/calendar"], wide: true },
  { key: "policies", href: "/policies", icon: Scale, owns: ["/policies"], wide: true },
  { key: "drills", href: "/drills", icon: ShieldCheck, owns: ["/drills", "/reports"] },
  { key: "activity", href: "/activity", icon: Activity, owns: ["/activity", "/runs", "/incidents"] },
  { key: "settings", href: "/settings", icon: Settings, owns: ["/settings", "/servers"] },
];

/** The place that an address belongs to. */
export function placeOf(path: string): Place["key"] | null {
  if (path === "/") return "overview";
  return places.find(({ owns }) => owns.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))?.key ?? null;
}
