"use client";
/** `<DropZone title hint onFile={(file) => …} disabled />`: a file is dropped on it or chosen; nothing of it is read here. */
import { clsx } from "clsx";
import { Upload } from "lucide-react";
import { useId, useLayoutEffect, useRef, useState, type DragEvent, type ReactNode } from "react";
import { useHydrated } from "../ui/use-hydrated.ts";

type DropZoneProps = { title: ReactNode; hint: ReactNode; disabled?: boolean; onFile: (file: File) => void };

export function DropZone({ title, hint, disabled = false, onFile }: DropZoneProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const isHydrated = useHydrated();
  const [isOver, setIsOver] = useState(false);
  const take = (input: HTMLInputElement): void => {
    const [file] = input.files ?? [];
    if (file !== undefined) onFile(file);
    // The same file can be chosen again.
    input.value = "";
  };
  useLayoutEffect(() => {
    // Chosen before the page's scripts had come: nobody heard of it yet.
    if (!isHydrated && !disabled && field.current !== null) take(field.current);
  });
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(!disabled);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined && !disabled) onFile(file);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is a second way; the input inside is the keyboard's
    <label
      htmlFor={id}
      onDragOver={over}
      onDragEnter={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={clsx(
        "flex flex-col items-center gap-1 rounded-lg border-2 border-dashed px-6 py-10 text-center transition-colors",
        "has-focus-visible:border-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
        disabled ? "cursor-not-allowed opacity-55" : "cursor-pointer hover:border-accent hover:bg-accent-soft/50",
        isOver ? "border-accent bg-accent-soft" : "border-line-strong/70",
      )}
    >
      <span className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
        <Upload aria-hidden className="size-5" strokeWidth={1.8} />
      </span>
      <span className="mt-2 text-sm font-semibold text-ink">{title}</span>
      <span id={`${id}-hint`} className="max-w-md text-[0.8125rem] text-ink-2">
        {hint}
      </span>
      <input
        ref={field}
        id={id}
        type="file"
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        className="sr-only"
        onChange={({ target }) => take(target)}
      />
    </label>
  );
}
