/** Told before and after every call that crosses a port; it may not return. */
export type Reached = (point: string) => void;

/** Calls that neither wait nor change anything. */
const quiet = new Set(["progress", "averageSegmentBytes", "packKey", "then"]);

type Callable = (...args: unknown[]) => unknown;

/** A port that tells of every call and of every result, also of what it hands out (a writer, a snapshot, a written pack). */
export function withPoints<T extends object>(port: T, name: string, reached: Reached): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function" || typeof key !== "string" || quiet.has(key)) return value;
      return (...args: unknown[]) => {
        const call = `${name}.${key}`;
        reached(call);
        return watched((value as Callable).apply(target, args), call, reached);
      };
    },
  });
}

function watched(result: unknown, call: string, reached: Reached): unknown {
  if (result instanceof Promise) {
    return result.then((value: unknown) => {
      reached(`${call} done`);
      return isPort(value) ? withPoints(value, call, reached) : value;
    });
  }
  return isStream(result) ? watchedStream(result, call, reached) : result;
}

async function* watchedStream(stream: AsyncIterable<unknown>, call: string, reached: Reached): AsyncIterable<unknown> {
  let first = true;
  for await (const item of stream) {
    if (first) reached(`${call} first`);
    first = false;
    yield item;
  }
  reached(`${call} end`);
}

function isPort(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.values(value).some((member) => typeof member === "function");
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
