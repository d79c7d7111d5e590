// A process that asks one question from many sides at once, for `parts/stale.ts`: beside the server, so that it takes no time of the server's own turn.
import { Agent, request } from "node:http";

export type CallersOrder = { readonly url: string; readonly token: string; readonly callers: number; readonly times: number };
export type CallersReport = { readonly tookMs: readonly number[]; readonly answers: readonly string[]; readonly seconds: number };

process.once("message", (order: CallersOrder) => {
  callAll(order).then(
    (report) => process.send?.(report, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.("ready");

async function callAll({ url, token, callers, times }: CallersOrder): Promise<CallersReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const tookMs: number[] = [];
  const answers = new Set<string>();
  const call = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const begunMs = performance.now();
      const asked = request(url, { method: "POST", agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => (body += part));
        response.once("error", reject).once("end", () => {
          tookMs.push(performance.now() - begunMs);
          const { state, runId } = JSON.parse(body) as { state?: string; runId?: string };
          answers.add(`${response.statusCode} ${state} ${runId}`);
          resolve();
        });
      });
      asked.once("error", reject).end();
    });
  const begunMs = performance.now();
  const one = async () => {
    for (let time = 0; time < times; time += 1) await call();
  };
  await Promise.all(Array.from({ length: callers }, one));
  agent.destroy();
  return { tookMs, answers: [...answers], seconds: (performance.now() - begunMs) / 1000 };
}
