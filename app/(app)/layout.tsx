import type { ReactNode } from "react";
import { MeProvider } from "#components/shell/me";
import { Shell } from "#components/shell/shell";
import { pageContext } from "#lib/auth/page-session";
import { getMe } from "#lib/services/people/me";

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const me = await getMe(await pageContext());
  return (
    <MeProvider me={me}>
      <Shell>{children}</Shell>
    </MeProvider>
  );
}
