"use client";
/** `<Popover trigger={<button>…</button>} title="Verified">content</Popover>`: a little more about one thing, opened by a click. */
import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

type PopoverProps = { trigger: ReactElement; title?: ReactNode; children: ReactNode; align?: "start" | "center" | "end" };

export function Popover({ trigger, title, children, align = "center" }: PopoverProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} className="z-50">
          <Base.Popup className="popup max-w-80 p-3 text-sm">
            {title ? <Base.Title className="mb-1 text-sm font-semibold">{title}</Base.Title> : null}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
