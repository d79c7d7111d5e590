/** `<WizardSteps current="plan" />`: the way of a restore, and where one is on it. */
import { clsx } from "clsx";
import { Check } from "lucide-react";
import { useTranslations } from "next-intl";

export const wizardSteps = ["point", "destination", "plan", "run"] as const;
export type WizardStep = (typeof wizardSteps)[number];

export function WizardSteps({ current }: { current: WizardStep }) {
  const t = useTranslations("restores.steps");
  const now = wizardSteps.indexOf(current);
  return (
    <ol aria-label={t("label")} className="flex flex-wrap gap-x-5 gap-y-1.5 text-[0.8125rem]">
      {wizardSteps.map((step, index) => (
        <li
          key={step}
          aria-current={step === current ? "step" : undefined}
          className={clsx("flex items-center gap-2", index === now ? "font-medium text-ink" : "text-ink-3")}
        >
          <span
            aria-hidden
            className={clsx(
              "grid size-5 place-items-center rounded-full border text-2xs font-semibold nums",
              index === now ? "border-accent bg-accent text-on-accent" : "border-line-strong",
            )}
          >
            {index < now ? <Check className="size-3" strokeWidth={3} /> : index + 1}
          </span>
          {t(step)}
        </li>
      ))}
    </ol>
  );
}
