/** `<Page><PageHeader …/>…</Page>`: the rhythm between a page's parts. `narrow` for forms. */
import { clsx } from "clsx";
import type { ReactNode } from "react";

export function Page({ narrow, children }: { narrow?: boolean; children: ReactNode }) {
  return <div className={clsx("flex min-w-0 flex-col gap-6", narrow && "max-w-2xl")}>{children}</div>;
}
