"use client";
/** Ctrl/Cmd-K: one field over everything. Arrow keys choose, Enter does, Escape closes; entries come from `commands.tsx`. */
import { Dialog } from "@base-ui/react/dialog";
import { clsx } from "clsx";
import { LoaderCircle, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { scrimClass } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useCommands, type Command } from "./commands.tsx";

/** Calls `open` when Ctrl-K or Cmd-K is pressed anywhere. */
export function useCommandKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        open();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [open]);
}

export function CommandMenu({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("commands");
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={scrimClass} />
        <Dialog.Viewport className="pointer-events-none fixed inset-0 z-50 flex justify-center p-3 sm:pt-[14vh]">
          <Dialog.Popup className="popup pointer-events-auto flex max-h-[min(28rem,80dvh)] w-full max-w-xl self-start flex-col overflow-hidden">
            <Dialog.Title className="sr-only">{t("title")}</Dialog.Title>
            <Content close={() => onOpenChange(false)} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content({ close }: { close: () => void }) {
  const t = useTranslations("commands");
  const router = useRouter();
  const listId = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const { commands, isSearching } = useCommands(query, true);
  const at = Math.min(chosen, Math.max(0, commands.length - 1));
  const chosenId = `${listId}-${at}`;

  useEffect(() => {
    document.getElementById(chosenId)?.scrollIntoView({ block: "nearest" });
  }, [chosenId]);

  const perform = (command: Command | undefined) => {
    if (command === undefined) return;
    close();
    command.run?.();
    if (command.href !== undefined) router.push(command.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = commands.length - 1;
    const next = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at === 0 ? last : at - 1, PageUp: 0, PageDown: last }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(next);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      perform(commands[at]);
    }
  };

  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        {isSearching ? (
          <LoaderCircle aria-hidden className="size-4 animate-turn text-ink-3" />
        ) : (
          <Search aria-hidden className="size-4 text-ink-3" />
        )}
        <input
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened to type here
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={commands[at] ? chosenId : undefined}
          aria-label={t("placeholder")}
          placeholder={t("placeholder")}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 w-full min-w-0 bg-transparent text-[0.9375rem] outline-none"
        />
      </div>
      <div id={listId} role="listbox" aria-label={t("title")} className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {commands.map((command, index) => (
          <Entry
            key={command.id}
            id={`${listId}-${index}`}
            command={command}
            heading={commands[index - 1]?.group === command.group ? null : t(`groups.${command.group}`)}
            isChosen={index === at}
            onHover={() => setChosen(index)}
            onSelect={() => perform(command)}
          />
        ))}
      </div>
      {commands.length === 0 ? (
        <p role="status" className="px-4 pb-8 text-center text-sm text-ink-3">
          {isSearching ? t("searching") : t("empty", { query })}
        </p>
      ) : null}
      <footer className="hidden items-center gap-4 border-t border-line bg-canvas px-4 py-2 text-xs text-ink-3 sm:flex">
        <span className="flex items-center gap-1.5">
          <Kbd>↑</Kbd>
          <Kbd>↓</Kbd> {t("hint")}
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>↵</Kbd> {t("hintOpen")}
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>Esc</Kbd> {t("hintClose")}
        </span>
      </footer>
    </>
  );
}

type EntryProps = { id: string; command: Command; heading: string | null; isChosen: boolean; onHover: () => void; onSelect: () => void };

function Entry({ id, command, heading, isChosen, onHover, onSelect }: EntryProps) {
  const Icon = command.icon;
  return (
    <>
      {heading === null ? null : (
        <div role="presentation" className="px-2.5 pt-2.5 pb-1 text-2xs font-medium tracking-wide text-ink-3 uppercase">
          {heading}
        </div>
      )}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- keys are handled by the field (aria-activedescendant) */}
      <div
        id={id}
        role="option"
        aria-selected={isChosen}
        onMouseMove={onHover}
        onClick={onSelect}
        className={clsx("flex cursor-default items-center gap-3 rounded-md px-2.5 py-2 text-sm", isChosen && "bg-hover")}
      >
        <Icon aria-hidden className={clsx("size-4 shrink-0", isChosen ? "text-accent-ink" : "text-ink-3")} />
        <span className="min-w-0 flex-1 truncate">{command.label}</span>
        {command.hint ? <span className="truncate text-xs text-ink-3">{command.hint}</span> : null}
      </div>
    </>
  );
}
