/** Tags that messages may use: `t.rich("key", { ...rich, name })` with `<code>`, `<strong>` in the text. */
import type { ReactNode } from "react";

export const rich = {
  code: (chunks: ReactNode) => <code className="font-mono text-[0.95em] wrap-anywhere text-ink">{chunks}</code>,
  strong: (chunks: ReactNode) => <strong className="font-semibold text-ink">{chunks}</strong>,
};
