"use client";
/** `<DeletePolicy policy onClose />`: removes a policy that no source uses. */
import { useTranslations } from "next-intl";
import { deletePolicy, type PolicyDto } from "#lib/contracts/policies";
import { useAction } from "#lib/query/use-action";
import { ProblemNotice } from "../state/error-state.tsx";
import { ConfirmDialog } from "../ui/alert-dialog.tsx";
import { toast } from "../ui/toast.tsx";
import { policyChanges } from "./policy-changes.ts";
import { usePolicyName } from "./policy-name.ts";

export function DeletePolicy({ policy, onClose }: { policy: PolicyDto; onClose: () => void }) {
  const t = useTranslations("policies.deleteOne");
  const tellName = usePolicyName();
  const remove = useAction(deletePolicy, {
    changes: policyChanges,
    onDone: () => {
      toast({ title: t("done", { name: tellName(policy.name) }) });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("title", { name: tellName(policy.name) })}
      confirm={t("confirm")}
      pending={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id: policy.id }, ifMatch: policy.version })}
    >
      <p>{t("text")}</p>
      <ProblemNotice error={remove.error} />
    </ConfirmDialog>
  );
}
