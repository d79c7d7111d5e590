/** What a server's stored password is bound to (`keyring.seal`, `keyring.open`): it opens for this row and this field only. */
export function passwordContext(serverId: string): string {
  return `${serverId}:password`;
}

/** What the restore role's stored password is bound to. */
export function restorePasswordContext(serverId: string): string {
  return `${serverId}:restore-password`;
}

/** What a password typed for one check is bound to: the run that carries it. */
export function probePasswordContext(runId: string): string {
  return `${runId}:password`;
}
