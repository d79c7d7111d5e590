"use client";
/** `const me = useMe()`, `const can = useCan(); can("backups:create")`: who is signed in, for what is shown. The server decides what is done. */
import { createContext, use, useCallback, type ReactNode } from "react";
import type { MeDto } from "#lib/contracts/session";
import type { Permission } from "#lib/domain/permissions";

const MeContext = createContext<MeDto | null>(null);

export function MeProvider({ me, children }: { me: MeDto; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

export function useMe(): MeDto {
  const me = use(MeContext);
  if (me === null) throw new Error("useMe is used outside the signed-in pages");
  return me;
}

export function useCan(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return useCallback((permission) => permissions.includes(permission), [permissions]);
}
