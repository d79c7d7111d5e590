/**
 * `<CodeBlock label="Restore without Lifeboat" code={lines.join("\n")} />`: literal text with a copy button. `<InlineCode>` for a
 * name, `<Digest value={sha256} what="SHA-256" />` for a checksum that is shortened on screen and whole in the clipboard.
 */
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export function CodeBlock({ label, code, wrap, className }: { label: string; code: string; wrap?: boolean; className?: string }) {
  return (
    <div className={clsx("relative min-w-0 rounded-lg border border-line bg-sunken", className)}>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className={clsx(
          "overflow-x-auto rounded-lg px-3.5 py-2.5 pr-12 font-mono text-[0.8125rem] leading-relaxed text-ink",
          wrap && "wrap-anywhere whitespace-pre-wrap",
        )}
      >
        {code}
      </pre>
      <div className="absolute top-1 right-1 rounded-control bg-sunken">
        <CopyButton text={code} what={label} />
      </div>
    </div>
  );
}

export function InlineCode({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <code className={clsx("rounded bg-sunken px-1 py-0.5 font-mono text-[0.8125em] wrap-anywhere text-ink", className)}>{children}</code>
  );
}

export function Digest({ value, what, length = 16 }: { value: string; what: string; length?: number }) {
  return (
    <span className="inline-flex items-center gap-1">
      <code title={value} className="font-mono text-[0.8125rem] text-ink-2">
        {value.slice(0, length)}…
      </code>
      <CopyButton text={value} what={what} />
    </span>
  );
}
