import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly raw: string; readonly subject: string };

export type MailReceiver = { readonly port: number; readonly mails: ReceivedMail[]; readonly close: () => Promise<void> };

/** A real SMTP server on a free port of this host; what it took is in `mails`. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailReceiver> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const raw = Buffer.concat(chunks).toString("utf8");
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        mails.push({ from, to: session.envelope.rcptTo.map(({ address }) => address), raw, subject: subjectOf(raw) });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  server.on("error", () => undefined);
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function subjectOf(raw: string): string {
  const [head = ""] = raw.split("\r\n\r\n");
  const line = /^Subject: ((?:.*\r\n[ \t])*.*)/im.exec(head)?.[1] ?? "";
  return line.replace(/\r\n[ \t]+/g, " ").replace(/=\?utf-8\?(q|b)\?(.*?)\?=\s?/gi, (_all, how: string, text: string) =>
    how.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : Buffer.from(
          text.replaceAll("_", " ").replace(/=([0-9A-F]{2})/gi, (_hex, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
          "latin1",
        ).toString("utf8"),
  );
}

export type ReceivedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type HttpReceiver = {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** How the next requests are answered; 204 unless told. Never calling `end` is a receiver that hangs. */
  answer: (response: ServerResponse, request: ReceivedRequest) => void;
  readonly close: () => Promise<void>;
};

/** An HTTP server on a free port of this host that keeps what it was sent. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    void buffer(incoming).then((bytes) => {
      const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body: bytes.toString("utf8") };
      requests.push(request);
      receiver.answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: HttpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (response) => void response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
