"use client";
import type { DrillDetailDto } from "#lib/contracts/drills";
import { useCan, useMe } from "../shell/me.tsx";

/** Whether the reader may carry this drill on: who may operate drills, while it is in nobody else's hands. */
export function useMayAct({ operatorId }: Pick<DrillDetailDto, "operatorId">): boolean {
  const can = useCan();
  const me = useMe();
  return can("drills:operate") && (operatorId === null || operatorId === me.id);
}
