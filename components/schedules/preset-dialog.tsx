"use client";
/** `<PresetDialog source present onOwn onClose />`: the offers again, for a source that has schedules. */
import { useTranslations } from "next-intl";
import { Dialog, DialogCancel } from "../ui/dialog.tsx";
import { PresetForm } from "./preset-form.tsx";

type PresetDialogProps = {
  source: { readonly id: string; readonly name: string; readonly retentionPolicyId: string | null };
  present: number;
  onOwn: () => void;
  onClose: () => void;
};

export function PresetDialog({ source, present, onOwn, onClose }: PresetDialogProps) {
  const t = useTranslations("schedules.preset");
  return (
    <Dialog wide open onOpenChange={(open) => (open ? undefined : onClose())} title={t("titleFor", { source: source.name })}>
      <PresetForm source={source} present={present} onOwn={onOwn} cancel={<DialogCancel />} onDone={onClose} />
    </Dialog>
  );
}
