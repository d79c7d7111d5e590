"use client";
/**
 * `<Input value={host} onValueChange={setHost} />` inside a `Field`; `<Textarea rows={4} />` likewise; `<SearchInput label="Search
 * sources" value onValueChange />` stands alone. `mono` for hosts, names and other things that are typed literally.
 */
import { Field } from "@base-ui/react/field";
import { Input as Base } from "@base-ui/react/input";
import { clsx } from "clsx";
import { Search, X } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { controlClass } from "./field.tsx";
import { useEarlyText } from "./use-early-text.ts";

type InputProps = Omit<ComponentProps<typeof Base>, "className" | "onChange" | "onValueChange" | "ref"> & {
  onValueChange?: (value: string) => void;
  mono?: boolean;
  className?: string;
};

export function Input({ onValueChange, mono, className, ...rest }: InputProps) {
  const field = useEarlyText<HTMLInputElement>(rest.value, onValueChange);
  return (
    <Base
      {...rest}
      ref={field}
      onValueChange={onValueChange && ((next) => onValueChange(next))}
      className={clsx(controlClass, "h-9", mono && "font-mono text-[0.8125rem]", className)}
    />
  );
}

type TextareaProps = Omit<ComponentProps<"textarea">, "onChange" | "ref"> & { onValueChange?: (value: string) => void; mono?: boolean };

export function Textarea({ onValueChange, mono, className, rows = 3, ...rest }: TextareaProps) {
  const field = useEarlyText<HTMLTextAreaElement>(rest.value, onValueChange);
  return (
    <Field.Control
      ref={field}
      // What the browser kept of a page before would look like something that was typed just now.
      render={<textarea rows={rows} autoComplete="off" {...rest} />}
      value={rest.value}
      onValueChange={onValueChange}
      className={clsx(controlClass, "py-2 leading-relaxed", mono && "font-mono text-[0.8125rem]", className)}
    />
  );
}

type SearchProps = { label: string; value: string; onValueChange: (value: string) => void; placeholder?: string; className?: string };

export function SearchInput({ label, value, onValueChange, placeholder, className }: SearchProps) {
  const t = useTranslations("common");
  const field = useEarlyText<HTMLInputElement>(value, onValueChange);
  return (
    <div className={clsx("relative min-w-0", className)}>
      <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-ink-3" />
      <Base
        ref={field}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        onValueChange={(next) => onValueChange(next)}
        className={clsx(controlClass, "h-9 pr-8 pl-8.5 [&::-webkit-search-cancel-button]:hidden")}
      />
      {value === "" ? null : (
        <button
          type="button"
          aria-label={t("clearSearch")}
          onClick={() => onValueChange("")}
          className="absolute top-1.5 right-1.5 grid size-6 place-items-center rounded text-ink-3 hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  );
}
