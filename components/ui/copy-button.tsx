"use client";
/** `<CopyButton text={sha256} what="SHA-256" />`: copies and says so for two seconds, to the eye and to a screen reader. */
import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { IconButton } from "./button.tsx";

export function CopyButton({ text, what }: { text: string; what: string }) {
  const t = useTranslations("common");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    setCopied(await writeClipboard(text));
  };
  return (
    <>
      <IconButton
        size="sm"
        icon={copied ? Check : Copy}
        label={copied ? t("copied") : t("copyWhat", { what })}
        onClick={() => void copy()}
      />
      <span role="status" className="sr-only">
        {copied ? t("copied") : ""}
      </span>
    </>
  );
}

/** Over plain HTTP on another host browsers offer no clipboard API; a selected text field still can be copied. */
async function writeClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // falls through to the selection
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed -top-96";
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated -- the only way without a secure context
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
