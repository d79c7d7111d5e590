"use client";
/**
 * `<Menu trigger={<IconButton label="More" icon={Ellipsis} tooltip={false} />} items={[{ label, icon, href }, { label, onSelect, danger }, "line"]} />`.
 * An item that cannot be used says why in `hint` and is `disabled`.
 */
import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";

export type MenuEntry =
  | "line"
  | {
      readonly label: ReactNode;
      readonly icon?: LucideIcon;
      readonly hint?: ReactNode;
      /** The one of its kind that holds now. */
      readonly chosen?: boolean;
      readonly href?: string;
      /** Opens a download or another site: a plain link. */
      readonly external?: boolean;
      readonly onSelect?: () => void;
      readonly disabled?: boolean;
      readonly danger?: boolean;
    };

type MenuProps = {
  trigger: ReactElement;
  items: readonly MenuEntry[];
  heading?: ReactNode;
  align?: "start" | "end";
  side?: "bottom" | "top";
};

const itemClass =
  "flex w-full cursor-default items-start gap-2.5 rounded-md px-2.5 py-1.5 text-left text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover";

export function Menu({ trigger, items, heading, align = "end", side = "bottom" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        {/* The one of the side bar stays where it is when the page is scrolled; the others cannot be scrolled away from. */}
        <Base.Positioner positionMethod="fixed" side={side} align={align} sideOffset={6} className="z-50 outline-none">
          <Base.Popup className="popup max-h-(--available-height) max-w-80 min-w-48 overflow-y-auto p-1">
            {heading ? <div className="border-b border-line px-2.5 pt-1.5 pb-2 mb-1">{heading}</div> : null}
            {items.map((item, index) =>
              item === "line" ? (
                // oxlint-disable-next-line react/no-array-index-key -- a line has nothing else
                <Base.Separator key={`line-${index}`} className="mx-1 my-1 h-px bg-line" />
              ) : (
                // oxlint-disable-next-line react/no-array-index-key -- entries are static
                <Entry key={index} item={item} />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Entry({ item }: { item: Exclude<MenuEntry, "line"> }) {
  const Icon = item.icon;
  const className = clsx(itemClass, item.danger && "text-bad");
  const content = (
    <>
      {Icon ? <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", item.danger ? "text-bad" : "text-ink-3")} /> : null}
      <span className="min-w-0">
        <span className="block">{item.label}</span>
        {item.hint ? <span className="block text-xs text-ink-3">{item.hint}</span> : null}
      </span>
      {item.chosen ? <span className="ml-auto">✓</span> : null}
    </>
  );
  if (item.href !== undefined && !item.disabled) {
    const link = item.external ? <a href={item.href} aria-label={undefined} /> : <Link href={item.href} />;
    return (
      <Base.LinkItem render={link} closeOnClick className={className}>
        {content}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item disabled={item.disabled} onClick={item.onSelect} className={className}>
      {content}
    </Base.Item>
  );
}
