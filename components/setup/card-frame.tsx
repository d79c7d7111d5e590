/** The frame of the pages before the sign-in: the mark above one card in the middle of a quiet page. */
import type { ReactNode } from "react";
import { Mark } from "../shell/mark.tsx";

export function CardFrame({ title, lead, children }: { title: ReactNode; lead: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[clamp(2rem,12vh,8rem)] pb-12">
      <Mark className="size-11" />
      <p className="mt-3 text-sm font-semibold tracking-tight text-ink-2">Lifeboat</p>
      <div className="mt-6 w-full max-w-sm">
        <h1 className="text-center text-[1.5rem] leading-8 font-semibold tracking-[-0.018em]">{title}</h1>
        <p className="mx-auto mt-1 max-w-lg text-center text-sm text-ink-2">{lead}</p>
        <div className="mt-7">{children}</div>
      </div>
    </main>
  );
}
