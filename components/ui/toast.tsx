"use client";
/**
 * `toast({ title: "Backup of shop started", action: { label: "Watch", href } })`, `toast({ tone: "bad", title, text })`: only for the
 * result of one's own action. `<Toaster />` stands once, in the providers.
 */
import { Toast as Base } from "@base-ui/react/toast";
import { clsx } from "clsx";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";

type ToastData = { tone: "good" | "bad"; action?: { label: string; href: string } };

const manager = Base.createToastManager<ToastData>();

export function toast({
  title,
  text,
  tone = "good",
  action,
}: {
  title: string;
  text?: string;
  tone?: "good" | "bad";
  action?: ToastData["action"];
}) {
  manager.add({
    title,
    description: text,
    timeout: tone === "bad" ? 12_000 : 6000,
    priority: tone === "bad" ? "high" : "low",
    data: { tone, action },
  });
}

export function Toaster() {
  const t = useTranslations("common");
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport
          aria-label={t("justDone")}
          className="fixed right-4 bottom-4 z-60 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 max-sm:bottom-20"
        >
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const t = useTranslations("common");
  const { toasts } = Base.useToastManager<ToastData>();
  return toasts.map((entry) => {
    const bad = entry.data?.tone === "bad";
    const Icon = bad ? CircleAlert : CircleCheck;
    const action = entry.data?.action;
    return (
      <Base.Root
        key={entry.id}
        toast={entry}
        swipeDirection={["right", "down"]}
        className="popup transition-all duration-200 data-ending-style:translate-y-2 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-3 data-starting-style:opacity-0"
      >
        <Base.Content className="flex items-start gap-3 py-3 pr-2 pl-3.5">
          <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", bad ? "text-bad" : "text-good")} />
          <div className="min-w-0 flex-1">
            <Base.Title render={<p />} className="text-sm font-medium" />
            <Base.Description className="text-[0.8125rem] text-ink-2" />
            {action ? (
              <Link href={action.href} className="link mt-1 inline-block text-[0.8125rem] font-medium">
                {action.label}
              </Link>
            ) : null}
          </div>
          <Base.Close
            aria-label={t("dismiss")}
            className="grid size-7 shrink-0 place-items-center rounded-control text-ink-3 hover:bg-hover hover:text-ink"
          >
            <X aria-hidden className="size-3.5" />
          </Base.Close>
        </Base.Content>
      </Base.Root>
    );
  });
}
