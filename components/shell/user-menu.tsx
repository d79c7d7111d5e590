"use client";
/** Who is signed in, the theme, and the way out. `compact` shows the initials only (the bar of small screens). */
import { clsx } from "clsx";
import { LogOut, Monitor, Moon, SlidersHorizontal, Sun } from "lucide-react";
import { signOut } from "next-auth/react";
import { useTranslations } from "next-intl";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { useMe } from "./me.tsx";
import { places } from "./places.tsx";
import { useTheme } from "./use-theme.tsx";

export function UserMenu({ compact }: { compact?: boolean }) {
  const t = useTranslations("shell");
  const me = useMe();
  const [theme, setTheme] = useTheme();
  const leave = async () => {
    await signOut({ redirect: false });
    location.assign("/sign-in");
  };
  // Places that the bar of a small screen has no room for.
  const farPlaces: MenuEntry[] = compact
    ? [...places.filter(({ wide }) => wide === true).map(({ key, href, icon }) => ({ label: t(key), icon, href })), "line"]
    : [];
  return (
    <Menu
      side={compact ? "bottom" : "top"}
      align={compact ? "end" : "start"}
      heading={
        <div className="min-w-0 max-w-60">
          <p className="truncate text-sm font-medium">{me.name}</p>
          <p className="truncate text-xs text-ink-3">{me.email}</p>
        </div>
      }
      trigger={
        <button
          type="button"
          aria-label={compact ? t("account", { name: me.name }) : undefined}
          className={clsx(
            "flex min-w-0 items-center gap-2.5 rounded-control text-left hover:bg-hover data-popup-open:bg-hover",
            compact ? "size-9 justify-center" : "w-full px-2 py-1.5",
          )}
        >
          <span
            aria-hidden
            className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-ink"
          >
            {initials(me.name)}
          </span>
          {compact ? null : (
            <span className="min-w-0">
              <span className="block truncate text-[0.8125rem] font-medium text-ink">{me.name}</span>
              <span className="block text-xs text-ink-3">{t(`roles.${me.role}`)}</span>
            </span>
          )}
        </button>
      }
      items={[
        ...farPlaces,
        { label: t("themes.light"), icon: Sun, chosen: theme === "light", onSelect: () => setTheme("light") },
        { label: t("themes.dark"), icon: Moon, chosen: theme === "dark", onSelect: () => setTheme("dark") },
        { label: t("themes.system"), icon: Monitor, chosen: theme === "system", onSelect: () => setTheme("system") },
        "line",
        { label: t("profile"), icon: SlidersHorizontal, href: "/settings/profile" },
        { label: t("signOut"), icon: LogOut, onSelect: () => void leave() },
      ]}
    />
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toLocaleUpperCase();
}
