type Classed = { readonly class: string };

/** Owners and grants of roles that are not there took nothing from the data; a drill leaves them to the check of roles. */
export function isToleratedError(error: Classed): boolean {
  return error.class === "ownership" || error.class === "privileges";
}

export type KeptErrors<E> = {
  readonly errors: E[];
  /** How many there were before the list was cut: all of them, and those that are tolerated. */
  readonly count: number;
  readonly tolerated: number;
};

/** At most so many errors of a load. Those that are not tolerated stand first, so that no cut can hide one behind the others. */
export function keptErrors<E extends Classed>(errors: readonly E[], most: number): KeptErrors<E> {
  const tolerated = errors.filter(isToleratedError);
  const bad = errors.filter((error) => !isToleratedError(error));
  return { errors: [...bad, ...tolerated].slice(0, most), count: errors.length, tolerated: tolerated.length };
}
