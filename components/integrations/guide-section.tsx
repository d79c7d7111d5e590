/** `<GuideSection id title lead actions docs>…</GuideSection>`: one how-to with an address of its own; `<Example>` a command or a file to copy. */
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { CodeBlock, InlineCode } from "../ui/code-block.tsx";

type GuideSectionProps = { id: string; title: string; lead: string; docs?: string; actions?: ReactNode; children: ReactNode };

export function GuideSection({ id, title, lead, docs, actions, children }: GuideSectionProps) {
  const t = useTranslations("integrations");
  return (
    <Card id={id} title={title} description={lead} actions={actions} className="scroll-mt-6">
      <div className="flex flex-col gap-4">
        {children}
        {docs === undefined ? null : (
          <p className="text-xs text-ink-3">{t.rich("docs", { file: () => <InlineCode>{docs}</InlineCode> })}</p>
        )}
      </div>
    </Card>
  );
}

export function Example({ label, code, wrap, hint }: { label: string; code: string; wrap?: boolean; hint?: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <p className="text-[0.8125rem] font-medium">{label}</p>
      <CodeBlock label={label} code={code} wrap={wrap} />
      {hint ? <p className="text-xs text-ink-3">{hint}</p> : null}
    </div>
  );
}
