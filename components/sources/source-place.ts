"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";

/** What a list knows of where a source lives: a database on a server, or a file on the worker's host. */
export type SourcePlace = {
  readonly path: string | null;
  readonly serverName: string | null;
  readonly database: string;
};

/** `const placeOf = useSourcePlace(); placeOf(source)`: “shop on Main server”, or a file's path. */
export function useSourcePlace(): (source: SourcePlace) => string {
  const t = useTranslations("sources.one");
  return useCallback(
    ({ path, serverName, database }) => path ?? (serverName === null ? database : t("on", { database, server: serverName })),
    [t],
  );
}
