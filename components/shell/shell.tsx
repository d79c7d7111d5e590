"use client";
/** The frame of the signed-in pages: sidebar from 1024 px, a bar above and tabs below on smaller screens; the page is `<main>`. */
import { clsx } from "clsx";
import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { BackUpDialogs } from "../sources/back-up-dialog.tsx";
import { IconButton } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { CommandMenu, useCommandKey } from "./command-menu.tsx";
import { Wordmark } from "./mark.tsx";
import { PlaceBadge } from "./place-badge.tsx";
import { placeOf, places } from "./places.tsx";
import { UserMenu } from "./user-menu.tsx";

export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  const here = placeOf(usePathname());
  const [isOpen, setIsOpen] = useState(false);
  const openMenu = () => setIsOpen(true);
  useCommandKey(openMenu);
  return (
    <BackUpDialogs>
      <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)] print:block">
        <a
          href="#content"
          className="popup fixed top-2 left-2 z-60 -translate-y-20 px-3 py-2 text-sm font-medium focus:translate-y-0 print:hidden"
        >
          {t("skip")}
        </a>

        <aside className="hidden border-r border-line bg-sunken/60 lg:block print:hidden">
          <div className="sticky top-0 flex h-dvh flex-col px-3 py-4">
            <Link href="/" className="rounded-control px-2 py-1" aria-label="Lifeboat">
              <Wordmark />
            </Link>
            <button
              type="button"
              onClick={openMenu}
              className="mt-5 flex h-9 items-center gap-2 rounded-control border border-line bg-surface px-2.5 text-[0.8125rem] text-ink-3 shadow-card hover:border-line-strong hover:text-ink-2"
            >
              <Search aria-hidden className="size-4" />
              <span className="flex-1 truncate text-left">{t("searchShort")}</span>
              <Kbd>Ctrl K</Kbd>
            </button>
            <nav aria-label={t("navigation")} className="mt-5">
              <ul className="flex flex-col gap-0.5">
                {places.map(({ key, href, icon: Icon }) => (
                  <li key={key}>
                    <Link
                      href={href}
                      aria-current={here === key ? "page" : undefined}
                      className={clsx(
                        "flex h-9 items-center gap-2.5 rounded-control px-2.5 text-sm font-medium transition-colors",
                        here === key ? "bg-surface text-ink shadow-card" : "text-ink-2 hover:bg-hover hover:text-ink",
                      )}
                    >
                      <Icon aria-hidden className={clsx("size-4", here === key ? "text-accent-ink" : "text-ink-3")} strokeWidth={2} />
                      {t(key)}
                      <PlaceBadge place={key} />
                    </Link>
                  </li>
                ))}
              </ul>
            </nav>
            <div className="mt-auto">
              <UserMenu />
            </div>
          </div>
        </aside>

        <header className="sticky top-0 z-30 flex h-14 items-center justify-between border-b border-line bg-canvas/95 px-4 backdrop-blur-sm lg:hidden print:hidden">
          <Link href="/" className="rounded-control py-1" aria-label="Lifeboat">
            <Wordmark />
          </Link>
          <div className="flex items-center gap-1">
            <IconButton icon={Search} label={t("searchShort")} onClick={openMenu} tooltip={false} />
            <UserMenu compact />
          </div>
        </header>

        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-[76rem] min-w-0 px-4 pt-6 pb-24 outline-none sm:px-6 lg:px-10 lg:pt-9 lg:pb-16 print:max-w-none print:p-0"
        >
          {children}
        </main>

        <nav
          aria-label={t("navigation")}
          className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
        >
          <ul className="grid grid-cols-5">
            {places
              .filter(({ wide }) => wide !== true)
              .map(({ key, href, icon: Icon }) => (
                <li key={key}>
                  <Link
                    href={href}
                    aria-current={here === key ? "page" : undefined}
                    className={clsx(
                      "flex h-14 flex-col items-center justify-center gap-1 text-2xs font-medium focus-visible:outline-offset-[-3px]",
                      here === key ? "text-accent-ink" : "text-ink-3",
                    )}
                  >
                    <span className="relative">
                      <Icon aria-hidden className="size-5" strokeWidth={here === key ? 2.2 : 1.9} />
                      <PlaceBadge place={key} corner />
                    </span>
                    {t(key)}
                  </Link>
                </li>
              ))}
          </ul>
        </nav>

        <CommandMenu open={isOpen} onOpenChange={setIsOpen} />
      </div>
    </BackUpDialogs>
  );
}
