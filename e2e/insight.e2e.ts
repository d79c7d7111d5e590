import { listFingerprints } from "#lib/contracts/fingerprints";
import { addDivergence } from "./catalogue.ts";
import { expect, nobody, test } from "./fixtures.ts";
import { surroundings } from "./surroundings.ts";

// As Prometheus and other people's dashboards do: no cookies.
test.use({ storageState: nobody });

test("Prometheus is told how a source stands, and so is whoever has its public address, until that is taken back", async ({
  request,
  lifeboat,
  api,
}) => {
  const headers = { Authorization: `Bearer ${lifeboat.token}` };
  const server = await api.serverNamed("Scripted server", lifeboat.shop);
  const { id, name, slug } = await api.sourceNamed("Scripted ledger", server.id, "ledger");
  await api.backUp(id, "for the badge");

  expect((await request.get("/api/metrics")).status()).toBe(401);
  const scrape = await request.get("/api/metrics", { headers });
  expect([scrape.status(), scrape.headers()["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const text = await scrape.text();
  expect(text).toContain(`lifeboat_source_objective_met{source="${slug}",name="${name}"} 1`);
  expect(text).toMatch(/^lifeboat_workers_alive\{group="default"\} [1-9]/m);
  expect(text).toMatch(/^lifeboat_destination_free_bytes\{destination="[^"]+"\} [1-9]/m);

  const made = await request.post(`/api/v1/sources/${id}/status-link`, { headers, data: { on: true } });
  const { path } = (await made.json()) as { path: string };
  const shown = await request.get(path);
  expect(shown.headers()).toMatchObject({ "cache-control": "public, max-age=60", "access-control-allow-origin": "*" });
  expect(await shown.json()).toMatchObject({ label: name, name, objectiveMet: true });
  const badge = await request.get(`${path}/badge.svg`);
  expect(badge.headers()["content-type"]).toBe("image/svg+xml; charset=utf-8");
  expect(badge.headers()["cross-origin-resource-policy"]).toBeUndefined();
  expect(await badge.text()).toContain(`<title>${name}: `);

  await request.post(`/api/v1/sources/${id}/status-link`, { headers, data: { on: false } });
  expect((await request.get(path)).status()).toBe(404);
});

test.describe("for somebody who is signed in", () => {
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
  test.use({ storageState: async ({}, use) => use(surroundings().cookies) });

  test("what is unusual about a fingerprint is said, and taken as meant one by one", async ({ page, lifeboat, api }) => {
    const server = await api.serverNamed("Scripted server", lifeboat.shop);
    const { id } = await api.sourceNamed("Scripted ledger", server.id, "ledger");
    const backup = await api.backUp(id, "for the fingerprint");
    await addDivergence(lifeboat.dataDir, id, backup.id);
    await page.goto(`/sources/${id}?tab=fingerprint`);
    const notice = page.getByText("2 things are unusual");
    await expect(notice).toBeVisible();
    await expect(page.getByRole("button", { name: "All of it was meant" })).toBeVisible();
    await page.getByRole("button", { name: /^That was meant: .*orders/ }).click();
    await expect(page.getByText("It is told no more, unless more is lost.")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "public.orders is gone" })).toContainText("(meant)");
    await page.getByRole("button", { name: /^That was meant: .*customers/ }).click();
    await expect(page.getByRole("button", { name: /meant/ })).toHaveCount(0);
    const { items } = await api.ask(listFingerprints, { params: { id } });
    expect(items[0]?.findings.map(({ table, accepted }) => [table, accepted])).toEqual([
      ["orders", true],
      ["customers", true],
    ]);
  });
});
