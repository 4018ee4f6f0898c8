/** The one way by which the cloud sends mail. */
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { z } from 'zod';

const path = z.string().min(1).max(4_096);

export const mailServer = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(587),
  /** `none` only on this machine or behind a tunnel. */
  encryption: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  user: z.string().max(256).optional(),
  /** A file that holds the password and nothing else. */
  passwordFile: path.optional(),
  /** Certificates (PEM) to trust instead of the system's. */
  caFile: path.optional(),
  from: z.string().min(3).max(256),
  timeoutMs: z.number().int().min(100).max(120_000).default(15_000),
});
export type MailServer = z.infer<typeof mailServer>;

export interface Mail {
  to: readonly string[];
  subject: string;
  text: string;
  html?: string;
  headers?: Readonly<Record<string, string>>;
  attachments?: readonly { filename: string; content: Uint8Array; contentType: string }[];
}

/**
 * What became of a mail. `unknown`: the connection broke after it was handed over; sending it again may send it twice.
 * `refused`: trying again will not help.
 */
export type MailOutcome = { state: 'accepted' } | { state: 'refused' | 'failed' | 'unknown'; reason: string };

export interface Mailer {
  send(mail: Mail, signal: AbortSignal): Promise<MailOutcome>;
}

const MAX_SUBJECT = 200;

/** @param resolve a path of the configuration, from where the file lies */
export function createMailer(server: MailServer, resolve: (path: string) => string): Mailer {
  return {
    async send({ to, subject, text, html, headers = {}, attachments = [] }, signal) {
      let isHandedOver = false;
      const transport = createTransport({
        host: server.host,
        port: server.port,
        secure: server.encryption === 'tls',
        requireTLS: server.encryption === 'starttls',
        ignoreTLS: server.encryption === 'none',
        connectionTimeout: server.timeoutMs,
        greetingTimeout: server.timeoutMs,
        socketTimeout: server.timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(server.caFile === undefined ? {} : { tls: { ca: readFileSync(resolve(server.caFile)) } }),
        ...(server.user === undefined || server.passwordFile === undefined
          ? {}
          : { auth: { user: server.user, pass: readFileSync(resolve(server.passwordFile), 'utf8').trim() } }),
      });
      const close = () => transport.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        // Whether it can be reached at all, before anything is handed over.
        await transport.verify();
        isHandedOver = true;
        const sent = await transport.sendMail({
          from: server.from,
          to: [...to],
          subject: subject.replace(/\s+/g, ' ').trim().slice(0, MAX_SUBJECT),
          text,
          ...(html === undefined ? {} : { html }),
          headers: { 'Auto-Submitted': 'auto-generated', ...headers },
          attachments: attachments.map(({ filename, content, contentType }) => ({
            filename,
            content: Buffer.from(content),
            contentType,
          })),
        });
        const refused = sent.rejected.length;
        return refused === 0
          ? { state: 'accepted' }
          : { state: 'refused', reason: `the mail server refused ${refused} of ${to.length} addresses` };
      } catch (error) {
        const reason = `mail server: ${error instanceof Error ? error.message : String(error)}`;
        const code =
          typeof error === 'object' && error !== null && 'responseCode' in error
            ? Number(error.responseCode)
            : 0;
        // RFC 5321 §4.2.1: 5yz is for good, 4yz may be otherwise in a while.
        if (code >= 500) return { state: 'refused', reason };
        return { state: isHandedOver && code < 400 ? 'unknown' : 'failed', reason };
      } finally {
        signal.removeEventListener('abort', close);
        transport.close();
      }
    },
  };
}
