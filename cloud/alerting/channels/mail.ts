import type { Mailer } from '../../mail/mail.ts';
import type { Channel } from './channel.ts';

/** Plain text: it is read on locks and watches, and nothing in it can be clicked by accident. */
export const mailChannel = (mailer: Mailer): Channel => ({
  async deliver({ id, address, title, text, isQuiet }, { open, acknowledge }, signal) {
    const lines = [
      text,
      ...(open === undefined ? [] : ['', `Look at it: ${open}`]),
      ...(acknowledge === undefined ? [] : [`Take it: ${acknowledge}`]),
    ];
    const outcome = await mailer.send(
      {
        to: [address],
        subject: title,
        text: `${lines.join('\n')}\n`,
        headers: { 'X-Gatehouse-Alert': id, ...(isQuiet ? {} : { Importance: 'high' }) },
      },
      signal,
    );
    switch (outcome.state) {
      case 'accepted':
        return { state: 'sent' };
      case 'refused':
        return { state: 'refused', problem: outcome.reason };
      default:
        return { state: outcome.state, problem: outcome.reason };
    }
  },
});
