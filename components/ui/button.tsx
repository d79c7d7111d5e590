"use client";
/**
 * `<Button variant="primary" onClick={…}>Back up now</Button>`, `<ButtonLink href="/servers/new" icon={Plus}>…</ButtonLink>`,
 * `<IconButton label={t("close")} icon={X} />` (the label is its name and its tooltip). `pending` keeps the width, shows a ring and
 * refuses a second click. Words name the act and its size ("Delete 14 backups"). One primary button a page.
 */
import { Button as BaseButton } from "@base-ui/react/button";
import { clsx } from "clsx";
import { LoaderCircle, type LucideIcon } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./tooltip.tsx";

const variants = {
  primary: "bg-accent text-on-accent border-transparent hover:bg-accent-hover",
  secondary: "bg-surface text-ink border-line-strong/60 hover:bg-hover hover:border-line-strong shadow-card",
  ghost: "bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-bad text-on-bad border-transparent hover:bg-bad-hover",
  "danger-ghost": "bg-transparent text-bad border-transparent hover:bg-bad-soft",
} as const;
export type ButtonVariant = keyof typeof variants;

const sizes = { sm: "h-8 px-2.5 gap-1.5 text-[0.8125rem]", md: "h-9 px-3.5 gap-2 text-sm", lg: "h-10 px-4 gap-2 text-sm" } as const;

function buttonClass(variant: ButtonVariant, size: keyof typeof sizes, className?: string): string {
  return clsx(
    "relative inline-flex shrink-0 items-center justify-center rounded-control border font-medium whitespace-nowrap select-none",
    "transition-colors duration-100 data-disabled:cursor-not-allowed data-disabled:opacity-55",
    variants[variant],
    sizes[size],
    className,
  );
}

type Look = { variant?: ButtonVariant; size?: keyof typeof sizes; icon?: LucideIcon; children?: ReactNode };

type ButtonProps = Look & Omit<ComponentProps<"button">, "children"> & { pending?: boolean };

export function Button({
  variant = "secondary",
  size = "md",
  icon: Icon,
  pending,
  disabled,
  className,
  children,
  type,
  ...rest
}: ButtonProps) {
  return (
    <BaseButton
      {...rest}
      type={type ?? "button"}
      disabled={disabled || pending}
      focusableWhenDisabled={pending === true}
      aria-busy={pending || undefined}
      className={buttonClass(variant, size, className)}
    >
      {pending ? (
        <LoaderCircle aria-hidden className="size-4 animate-turn" />
      ) : Icon ? (
        <Icon aria-hidden className="size-4 opacity-85" strokeWidth={1.9} />
      ) : null}
      {children}
    </BaseButton>
  );
}

type ButtonLinkProps = Look & Omit<ComponentProps<typeof Link>, "children">;

export function ButtonLink({ variant = "secondary", size = "md", icon: Icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={buttonClass(variant, size, className)}>
      {Icon ? <Icon aria-hidden className="size-4 opacity-85" strokeWidth={1.9} /> : null}
      {children}
    </Link>
  );
}

/** A file to keep: a plain link that the router neither follows nor fetches ahead. */
export function DownloadLink({ variant = "secondary", size = "md", icon: Icon, className, children, ...rest }: Look & ComponentProps<"a">) {
  return (
    <a download {...rest} className={buttonClass(variant, size, className)}>
      {Icon ? <Icon aria-hidden className="size-4 opacity-85" strokeWidth={1.9} /> : null}
      {children}
    </a>
  );
}

type IconButtonProps = Omit<ComponentProps<"button">, "children"> & {
  label: string;
  icon: LucideIcon;
  variant?: ButtonVariant;
  size?: "sm" | "md";
  tooltip?: boolean;
};

export function IconButton({ label, icon: Icon, variant = "ghost", size = "md", className, tooltip = true, ...rest }: IconButtonProps) {
  const button = (
    <BaseButton
      type="button"
      aria-label={label}
      {...rest}
      className={clsx(buttonClass(variant, size), "!px-0", size === "sm" ? "w-8" : "w-9", className)}
    >
      <Icon aria-hidden className="size-4" strokeWidth={1.9} />
    </BaseButton>
  );
  return tooltip ? <Tooltip text={label}>{button}</Tooltip> : button;
}
