import { text } from "drizzle-orm/pg-core";
import { instantColumn, lifeboat } from "./schema.ts";

/** Ed25519 keys that reports are signed with; the newest signs. Made at the first start. */
export const signingKeys = lifeboat.table("signing_keys", {
  id: text("id").primaryKey(),
  /** SPKI, PEM. */
  publicKey: text("public_key").notNull(),
  /** PKCS #8, PEM, sealed with the installation's key. */
  sealedPrivateKey: text("sealed_private_key").notNull(),
  createdAt: instantColumn("created_at").notNull(),
});
