"use client";
/**
 * `<ShowOnceButton label icon dialog={(state) => <InviteDialog {...state} />} />`: each opening is a fresh dialog, so that fields begin empty
 * and nothing secret outlives it. `<ShowOnceDialog … made={made}>`: a form, and once it is `made`, what is shown here and nowhere else:
 * then a click beside the dialog does not close it.
 */
import type { LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { Fragment, useState, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogCancel } from "./dialog.tsx";

export type OpenState = { readonly open: boolean; readonly onOpenChange: (open: boolean) => void };

export function ShowOnceButton({ label, icon, dialog }: { label: string; icon: LucideIcon; dialog: (state: OpenState) => ReactNode }) {
  const [open, setOpen] = useState(false);
  const [round, setRound] = useState(0);
  return (
    <>
      <Button
        variant="primary"
        icon={icon}
        onClick={() => {
          setRound(round + 1);
          setOpen(true);
        }}
      >
        {label}
      </Button>
      {round === 0 ? null : <Fragment key={round}>{dialog({ open, onOpenChange: setOpen })}</Fragment>}
    </>
  );
}

type ShowOnceProps = OpenState & {
  /** Id of the form inside. */
  form: string;
  title: string;
  lead: string;
  confirm: string;
  pending: boolean;
  disabled?: boolean;
  wide?: boolean;
  /** Title and content once it was made; null before. */
  made: { title: string; content: ReactNode } | null;
  children: ReactNode;
};

export function ShowOnceDialog(props: ShowOnceProps) {
  const { open, onOpenChange, form, title, lead, confirm, pending, disabled, wide, made, children } = props;
  const common = useTranslations("common");
  return (
    <Dialog
      wide={wide}
      open={open}
      onOpenChange={onOpenChange}
      persistent={made !== null}
      title={made === null ? title : made.title}
      description={made === null ? lead : undefined}
      footer={
        made === null ? (
          <>
            <DialogCancel />
            <Button type="submit" form={form} variant="primary" pending={pending} disabled={disabled}>
              {confirm}
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={() => onOpenChange(false)}>
            {common("done")}
          </Button>
        )
      }
    >
      {made === null ? children : made.content}
    </Dialog>
  );
}
