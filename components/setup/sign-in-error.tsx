export type SignInTrouble = { kind: "failed" } | { kind: "blocked"; seconds: number } | { kind: "unavailable" };

/** Understands the one word that next-auth carries: `sign-in-failed`, `sign-in-blocked:<seconds>`, or a fault of the server. */
export function readSignInError(word: string | null): SignInTrouble {
  const seconds = /^sign-in-blocked:(\d{1,6})/.exec(word ?? "")?.[1];
  if (seconds !== undefined) return { kind: "blocked", seconds: Number(seconds) };
  return word === "sign-in-failed" || word === "CredentialsSignin" || word === "invalid-input"
    ? { kind: "failed" }
    : { kind: "unavailable" };
}

/** Where to go after signing in: a path of ours, never another site. */
export function safeReturn(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(to) && !to.startsWith("/sign-in") ? to : "/";
}
