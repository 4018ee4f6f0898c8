/** Sends reports through the one mail server. */
import type { Mailer } from '../mail/mail.ts';
import type { ReportSender } from './reports.ts';

/** Undefined where no mail server is configured. */
export function mailSender(mailer: Mailer | undefined, signal: AbortSignal): ReportSender | undefined {
  if (mailer === undefined) return undefined;
  return {
    async send({ to, subject, text, attachments }) {
      const outcome = await mailer.send(
        {
          to,
          subject,
          text,
          attachments: attachments.map(({ name, mediaType, content }) => ({
            filename: name,
            contentType: mediaType,
            content,
          })),
        },
        signal,
      );
      if (outcome.state !== 'accepted') throw new Error(outcome.reason);
    },
  };
}
