/** The places of the navigation, as data. A page that has no entry of its own belongs to the place that leads to it. */
import { Activity, Database, LayoutDashboard, Settings, ShieldCheck, type LucideIcon } from "lucide-react";

export type Place = {
  readonly key: "overview" | "sources" | "drills" | "activity" | "settings";
  readonly href: string;
  readonly icon: LucideIcon;
  readonly owns: readonly string[];
};

export const places: readonly Place[] = [
  { key: "overview", href: "/", icon: LayoutDashboard, owns: ["/start"] },
  { key: "sources", href: "/sources", icon: Database, owns: ["/sources", "/backups", "/chains", "/imports", "/restores"] },
  { key: "drills", href: "/drills", icon: ShieldCheck, owns: ["/drills", "/reports"] },
  { key: "activity", href: "/activity", icon: Activity, owns: ["/activity", "/runs", "/incidents"] },
  { key: "settings", href: "/settings", icon: Settings, owns: ["/settings", "/servers"] },
];

/** The place that an address belongs to. */
export function placeOf(path: string): Place["key"] | null {
  if (path === "/") return "overview";
  return places.find(({ owns }) => owns.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))?.key ?? null;
}
