/**
 * The few variables that tools inherit from this process: where programs lie. Everything else that a tool sees is said by its
 * caller, so that a stray `PGHOST`, `PGSERVICE` or `LD_PRELOAD` of the host cannot redirect it.
 */
export function inheritedEnvironment(source: Record<string, string | undefined> = process.env): Record<string, string> {
  return { PATH: source["PATH"] || "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
}
