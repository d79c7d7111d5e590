"use client";
/**
 * `<Dialog open={open} onOpenChange={setOpen} title="Back up shop" description="…" footer={<><DialogClose/>…</>}>fields</Dialog>`.
 * For short input. A long job never lives in a dialog: it has a page. `ConfirmDialog` (alert-dialog.tsx) is for what cannot be undone.
 */
import { Dialog as Base } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, type ReactNode } from "react";
import { Button } from "./button.tsx";

export const scrimClass =
  "fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0";
export const sheetClass = clsx(
  "popup pointer-events-auto flex max-h-[calc(100dvh-2rem)] w-full flex-col overflow-hidden rounded-t-xl sm:rounded-xl max-sm:rounded-b-none",
);

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Where the focus goes afterwards when what had it before is gone (a menu's entry). */
  focusAfter?: () => HTMLElement | null;
  /** A click beside it does not close it: what it shows is not shown again. */
  persistent?: boolean;
  children?: ReactNode;
};

export function Dialog({ open, onOpenChange, title, description, footer, wide, focusAfter, persistent, children }: DialogProps) {
  const t = useTranslations("common");
  const body = useRef<HTMLDivElement>(null);
  // The first field is what the dialog is for; on a touch screen that would bring up the keyboard over it.
  const firstField = (how: string) => (how === "touch" ? true : (body.current?.querySelector<HTMLElement>("input, textarea") ?? true));
  return (
    <Base.Root open={open} disablePointerDismissal={persistent} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={scrimClass} />
        <Base.Viewport className="pointer-events-none fixed inset-0 z-50 flex items-end justify-center sm:items-center sm:p-4">
          <Base.Popup
            initialFocus={firstField}
            finalFocus={focusAfter ? () => focusAfter() ?? true : undefined}
            className={clsx(sheetClass, wide ? "sm:max-w-2xl" : "sm:max-w-md")}
          >
            <header className="flex items-start gap-4 px-5 pt-5">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-base font-semibold tracking-tight text-ink">{title}</Base.Title>
                {description ? <Base.Description className="mt-1 text-sm text-ink-2">{description}</Base.Description> : null}
              </div>
              <Base.Close
                aria-label={t("close")}
                className="-mt-1 -mr-1.5 grid size-8 shrink-0 place-items-center rounded-control text-ink-3 hover:bg-hover hover:text-ink"
              >
                <X aria-hidden className="size-4" />
              </Base.Close>
            </header>
            <div ref={body} className="flex-1 overflow-y-auto px-5 py-4">
              {children}
            </div>
            {footer ? (
              <footer className="flex flex-wrap justify-end gap-2 border-t border-line bg-canvas px-5 py-3.5">{footer}</footer>
            ) : null}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

/** The dialog's way out without doing anything. */
export function DialogCancel({ children }: { children?: ReactNode }) {
  const t = useTranslations("common");
  return <Base.Close render={<Button variant="ghost">{children ?? t("cancel")}</Button>} />;
}
