import { createTransport } from "nodemailer";
import type { ChannelConfig } from "../contracts/notifications.ts";
import { isIP } from "node:net";
import type { ChannelSecrets } from "./port.ts";
import { plainHost, resolveHost } from "./reach.ts";

export type Mail = { readonly id: string; readonly subject: string; readonly text: string };

export type SmtpOptions = {
  readonly config: Extract<ChannelConfig, { type: "email" }>;
  readonly secrets: ChannelSecrets;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** An authority that is trusted beside the system's; tests have one of their own. */
  readonly ca?: string;
};

/** Recipients that a relay refused while it took the mail for others, and what it said of the first one. */
export type Refused = { readonly addresses: readonly string[]; readonly status: number | null; readonly response: string };

/**
 * Gives one mail to the configured relay; answers whom it was refused for, null where it was taken for everybody. Throws what the relay or the socket
 * said, `address-forbidden` for where no relay is.
 */
export async function sendMail({ config, secrets, timeoutMs, signal, ca }: SmtpOptions, mail: Mail): Promise<Refused | null> {
  const host = plainHost(config.host);
  const address = await resolveHost(host);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const transport = createTransport({
    host: address,
    ...servername,
    port: config.port,
    secure: config.security === "tls",
    requireTLS: config.security === "starttls",
    ignoreTLS: config.security === "none",
    ...(config.username === "" ? {} : { auth: { user: config.username, pass: secrets.password ?? "" } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: 16_384,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { ...servername, ...(ca === undefined ? {} : { ca }) },
  });
  try {
    const { rejected, rejectedErrors } = await transport.sendMail({
      from: { name: "Lifeboat", address: config.from },
      to: [...config.to],
      subject: mail.subject,
      text: mail.text,
      messageId: `<${mail.id}@lifeboat.invalid>`,
      headers: { "Auto-Submitted": "auto-generated", "X-Lifeboat-Delivery": mail.id },
      signal,
    });
    if (rejected.length === 0) return null;
    const [first] = rejectedErrors ?? [];
    return { addresses: rejected, status: first?.responseCode ?? null, response: first?.response ?? "" };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    transport.close();
  }
}
