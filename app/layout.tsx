import type { Metadata, Viewport } from "next";
import { NextIntlClientProvider } from "next-intl";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers";
import { readPreferences } from "#lib/i18n/preferences";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Lifeboat", template: "%s · Lifeboat" },
  description: "PostgreSQL backups that are proven to restore",
  icons: { icon: "/icon.svg" },
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [{ locale, theme, timeZoneUnknown }, head] = await Promise.all([readPreferences(), headers()]);
  return (
    <html lang={locale} data-theme={theme} suppressHydrationWarning>
      <body>
        <NextIntlClientProvider>
          <Providers nonce={head.get("x-nonce") ?? undefined} timeZoneUnknown={timeZoneUnknown}>
            {children}
          </Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
