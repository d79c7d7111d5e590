import { everyQuestion } from "#lib/testing/catalogue-questions";
import { percentile, timed } from "../clock.ts";
import type { Part } from "../part.ts";
import { limitLine } from "../report.ts";
import { fillOnce } from "../large.ts";
import { makeToken } from "../visitor.ts";

const times = 5;
const milliseconds = (value: number) => `${value.toFixed(0)} ms`;

/** The list of 100,000 backups over HTTP: as it opens, and with each value of each filter and order. */
export const list: Part = async ({ station, say }) => {
  const ids = await fillOnce(station, say);
  const web = await station.startWeb();
  const headers = { authorization: `Bearer ${await makeToken(station)}` };
  const questions = everyQuestion(ids, new Date()).filter(({ endpoint }) => endpoint.id === "listBackups");
  const ask = async (path: string) => {
    const answer = await fetch(`${station.webUrl}/api/v1${path}`, { headers });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  };
  const taken: number[] = [];
  for (const { path } of questions) {
    await ask(path);
    for (let time = 0; time < times; time += 1) taken.push((await timed(() => ask(path))) * 1000);
  }
  await web.stop();
  const sides = `${questions.length} questions, ${times} times each; median ${milliseconds(percentile(taken, 0.5))}`;
  const what = "`GET /api/v1/backups` among 100,000 backups, 95th percentile";
  return [limitLine({ part: "list", what, value: percentile(taken, 0.95), most: 100, show: milliseconds, sides })];
};
