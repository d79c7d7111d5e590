/** The two versions that tests ask for: what Debian 12 has, and one with everything that is new since. */
export type TestSlot = 15 | 17;

/** What the global set-up hands to the test processes about each cluster. */
export type ClusterFacts = {
  slot: TestSlot;
  /** The true version: a distribution without 15 lends its own to that slot. */
  major: number;
  port: number;
  password: string;
  binDir: string;
};

export const shopTemplates = {
  small: { database: "template_shop_small", scale: 0.02 },
  normal: { database: "template_shop", scale: 1 },
} as const;
export type ShopSize = keyof typeof shopTemplates;

export const catalogueTemplate = "template_catalogue";
