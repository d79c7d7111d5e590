"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { Endpoint } from "#lib/contracts/endpoint";
import { call, type CallOptions } from "#lib/http/client";

type ActionOptions<E extends Endpoint> = {
  /** Ids of the endpoints whose answers this changes; all that is kept of them is asked for again. */
  changes: readonly string[];
  onDone?: (answer: z.output<E["response"]>, input: CallOptions<E>) => void;
  onProblem?: (error: unknown, input: CallOptions<E>) => void;
};

/** One mutating endpoint as something to press: never retried by itself, because a repeated act may be a second one. */
export function useAction<E extends Endpoint>(endpoint: E, { changes, onDone, onProblem }: ActionOptions<E>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: CallOptions<E>) => call(endpoint, input),
    retry: false,
    onSuccess: (answer, input) => onDone?.(answer, input),
    onError: (error, input) => onProblem?.(error, input),
    onSettled: () => Promise.all(changes.map((id) => client.invalidateQueries({ queryKey: [id] }))),
  });
}
