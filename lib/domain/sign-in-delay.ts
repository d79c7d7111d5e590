/** What is limited: one account, one socket address, or the set-up link or one-time links from one address. */
export type SignInKeyKind = "account" | "address" | "setup" | "link";

/** Tries that cost nothing. Many people may share one address, nobody else types my password. */
const freeTries: Record<SignInKeyKind, number> = { account: 5, address: 20, setup: 10, link: 10 };
const firstDelaySeconds = 15;
const longestDelaySeconds = 15 * 60;

/** Failures older than this are forgotten, in milliseconds. */
export const failureMemoryMs = 24 * 60 * 60 * 1000;

/** Seconds to wait after the nth failure in a row: none for the free tries, then 15 s, doubled each time, up to 15 minutes. */
export function signInDelaySeconds(kind: SignInKeyKind, failures: number): number {
  const over = failures - freeTries[kind];
  return over < 0 ? 0 : Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** Math.min(over, 20));
}
