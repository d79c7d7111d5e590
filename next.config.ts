import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Node's own drivers are used as they are installed, and shared with the server around Next.
  serverExternalPackages: ["postgres", "pg-boss", "drizzle-orm", "execa", "pdfkit"],
  // The tests check types; a start need not do it again for every file, tests included.
  typescript: { ignoreBuildErrors: true },
  // Lifeboat sets its own validators; a weak one for HTML would only be compared in vain.
  generateEtags: false,
  compress: true,
};

export default createNextIntlPlugin("./lib/i18n/request.ts")(config);
