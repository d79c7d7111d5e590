"use client";
/**
 * `<Tooltip text="21 Nov 2026, 02:00 UTC"><button>…</button></Tooltip>`: one focusable child. It repeats or refines, it never
 * holds the only copy of something (touch has no hover).
 */
import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

export function Tooltip({ text, children, side = "top" }: { text: ReactNode; children: ReactElement; side?: "top" | "bottom" | "right" }) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-50">
          <Base.Popup className="popup max-w-72 px-2 py-1 text-xs text-ink-2 nums">{text}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
