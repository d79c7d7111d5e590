"use client";
/**
 * `<ConfirmDialog open onOpenChange title="Delete this backup?" confirm="Delete 1 backup, free 152 MiB" onConfirm={…} pending>` with
 * the consequences, in numbers, as children. `mustType` asks to type a name first. Focus starts on Cancel.
 */
import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import { clsx } from "clsx";
import { useTranslations } from "next-intl";
import { useRef, useState, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { scrimClass, sheetClass } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { rich } from "./rich.tsx";

type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** Names the act and its size. */
  confirm: ReactNode;
  onConfirm: () => void;
  pending?: boolean;
  disabled?: boolean;
  danger?: boolean;
  mustType?: string;
  children?: ReactNode;
};

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, confirm, onConfirm, pending, disabled, danger = true, mustType, children } = props;
  const t = useTranslations("common");
  const [typed, setTyped] = useState("");
  const cancel = useRef<HTMLButtonElement>(null);
  const blocked = disabled === true || (mustType !== undefined && typed !== mustType);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        setTyped("");
        onOpenChange(next);
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={scrimClass} />
        <Base.Viewport className="pointer-events-none fixed inset-0 z-50 flex items-end justify-center sm:items-center sm:p-4">
          <Base.Popup initialFocus={cancel} className={clsx(sheetClass, "sm:max-w-lg")}>
            <div className="flex-1 overflow-y-auto px-5 pt-5 pb-4">
              <Base.Title className="text-base font-semibold tracking-tight text-ink">{title}</Base.Title>
              <Base.Description render={<div />} className="mt-2 flex flex-col gap-3 text-sm text-ink-2">
                {children}
              </Base.Description>
              {mustType === undefined ? null : (
                <Field label={t.rich("typeToConfirm", { ...rich, name: mustType })} className="mt-4">
                  <Input mono value={typed} onValueChange={(next) => setTyped(next)} autoComplete="off" spellCheck={false} />
                </Field>
              )}
            </div>
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line bg-canvas px-5 py-3.5">
              <Base.Close ref={cancel} render={<Button variant="ghost">{t("cancel")}</Button>} />
              <Button variant={danger ? "danger" : "primary"} pending={pending} disabled={blocked} onClick={onConfirm}>
                {confirm}
              </Button>
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
