/** Sends reports through the mail server that is configured for playbooks. */
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { ResponseSettings } from '../playbooks/settings.ts';
import type { ReportSender } from './reports.ts';

/** Undefined where no mail server is configured. @param resolve makes a path of the configuration absolute */
export function mailSender(
  settings: ResponseSettings['mail'],
  resolve: (path: string) => string,
): ReportSender | undefined {
  if (settings === undefined) return undefined;
  const { host, port, encryption, user, passwordFile, caFile, from, timeoutMs } = settings;
  return {
    async send({ to, subject, text, attachments }) {
      const transport = createTransport({
        host,
        port,
        secure: encryption === 'tls',
        requireTLS: encryption === 'starttls',
        ignoreTLS: encryption === 'none',
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(caFile === undefined ? {} : { tls: { ca: readFileSync(resolve(caFile)) } }),
        ...(user === undefined || passwordFile === undefined
          ? {}
          : { auth: { user, pass: readFileSync(resolve(passwordFile), 'utf8').trim() } }),
      });
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject,
          text,
          attachments: attachments.map(({ name, mediaType, content }) => ({
            filename: name,
            contentType: mediaType,
            content: Buffer.from(content),
          })),
        });
      } finally {
        transport.close();
      }
    },
  };
}
