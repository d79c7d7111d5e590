import { startLifeboat } from "./lifeboat.ts";
import { startShopServer } from "./shop-server.ts";
import { signIn } from "./sign-in.ts";
import type { Surroundings } from "./surroundings.ts";

/** One Lifeboat with the sample, and a PostgreSQL server of "somebody else" with a shop, for all journeys. */
export async function startSurroundings(): Promise<{ started: Surroundings; stop: () => Promise<void> }> {
  const shop = await startShopServer();
  try {
    const lifeboat = await startLifeboat({ args: ["--sample"] });
    const stop = async () => {
      await Promise.all([lifeboat.stop(), shop.stop()]);
    };
    try {
      const { url, dataDir, adminEmail, adminPassword, token } = lifeboat;
      const cookies = await signIn(url, adminEmail, adminPassword);
      return { started: { url, dataDir, adminEmail, adminPassword, token, cookies, shop: shop.facts }, stop };
    } catch (error) {
      await lifeboat.stop();
      throw error;
    }
  } catch (error) {
    await shop.stop();
    throw error;
  }
}
