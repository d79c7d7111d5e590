"use client";
/** `<TextDownload name text>Download</TextDownload>`: a text that the page already has, as a file. */
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";

export function TextDownload({ name, text, children }: { name: string; text: string; children: ReactNode }) {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button icon={Download} onClick={save}>
      {children}
    </Button>
  );
}
