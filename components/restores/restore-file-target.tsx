"use client";
/** Where a restored file goes: a new path, which is the rule, or the place of the file that is there. */
import { useTranslations } from "next-intl";
import { useCan } from "../shell/me.tsx";
import { Card } from "../ui/card.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { RadioCards } from "../ui/segmented.tsx";
import { isAbsolutePath, type RestoreDraft } from "./restore-draft.ts";

type FileTargetProps = {
  draft: RestoreDraft;
  path: string;
  /** Where the source lies; null when it is gone. */
  sourcePath: string | null;
  /** A path beside the source. */
  suggested: string;
  change: (change: Partial<RestoreDraft>) => void;
};

export function RestoreFileTarget({ draft, path, sourcePath, suggested, change }: FileTargetProps) {
  const t = useTranslations("restores.file");
  const can = useCan();
  return (
    <Card title={t("title")}>
      <div className="flex flex-col gap-5">
        {can("restores:replace") && sourcePath !== null ? (
          <RadioCards
            label={t("mode")}
            value={draft.mode}
            onValueChange={(mode) => change({ mode, path: mode === "new" ? suggested : sourcePath })}
            options={[
              { value: "new", label: t("new"), hint: t("newHint") },
              { value: "replace", label: t("replace"), hint: t("replaceHint") },
            ]}
          />
        ) : null}
        <Field label={t("path")} hint={t("pathHint")} error={path !== "" && !isAbsolutePath(path) ? t("pathWrong") : undefined}>
          <Input mono value={path} onValueChange={(next) => change({ path: next })} required spellCheck={false} />
        </Field>
        {draft.mode === "replace" ? (
          <Checkbox
            checked={draft.ignoreOpenFile}
            onCheckedChange={(ignoreOpenFile) => change({ ignoreOpenFile })}
            label={t("ignoreOpen")}
            hint={t("ignoreOpenHint")}
          />
        ) : null}
      </div>
    </Card>
  );
}
