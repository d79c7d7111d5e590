/** `<Kbd>Ctrl K</Kbd>`: a key to press. */
import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className="rounded border border-line bg-sunken px-1.5 py-px font-sans text-2xs font-medium text-ink-3">{children}</kbd>;
}
