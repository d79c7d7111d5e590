"use client";
/** `<PasswordInput value onValueChange autoComplete="current-password" />` inside a `Field`: with an eye to check what was typed. */
import { clsx } from "clsx";
import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Input } from "../ui/input.tsx";

type PasswordInputProps = {
  value: string;
  onValueChange: (value: string) => void;
  autoComplete: "current-password" | "new-password" | "off";
  name?: string;
  className?: string;
};

export function PasswordInput({ value, onValueChange, autoComplete, name, className }: PasswordInputProps) {
  const t = useTranslations("common");
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className={clsx("relative", className)}>
      <Input
        type={isShown ? "text" : "password"}
        name={name}
        value={value}
        onValueChange={(next) => onValueChange(next)}
        autoComplete={autoComplete}
        spellCheck={false}
        autoCapitalize="none"
        className="pr-10"
      />
      <button
        type="button"
        aria-label={isShown ? t("hidePassword") : t("showPassword")}
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
        className="absolute top-1 right-1 grid size-7 place-items-center rounded text-ink-3 hover:bg-hover hover:text-ink"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </div>
  );
}
