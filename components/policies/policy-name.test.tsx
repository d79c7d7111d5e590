import { readFileSync } from "node:fs";
import { NextIntlClientProvider } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import messages from "../../messages/es.json" with { type: "json" };
import { StepFacts } from "../runs/step-facts.tsx";

const migration = readFileSync(new URL("../../drizzle/0011_policy.sql", import.meta.url), "utf8");
const seeded = [...migration.matchAll(/^ {2}\('pol_0000\w+', '([^']+)'/gm)].map(([, name = ""]) => name);

const shown = (policy: string): string =>
  renderToStaticMarkup(
    <NextIntlClientProvider locale="es" messages={messages} timeZone="UTC">
      <StepFacts step={{ facts: { policy } }} />
    </NextIntlClientProvider>,
  );

it("every policy that the catalogue is delivered with has a name in the reader's language, and one's own keeps its name", () => {
  expect(seeded).toHaveLength(3);
  for (const name of seeded) {
    expect(shown(name)).not.toContain(name);
    expect(Object.values(messages.policies.builtInNames).some((own) => shown(name).includes(own))).toBe(true);
  }
  expect(shown("The last 21")).toContain("The last 21");
});
