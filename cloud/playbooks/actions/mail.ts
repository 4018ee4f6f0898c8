import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { filledIn } from '../expression.ts';
import { type Action, problem, targetsOf, unknownValues } from './action.ts';

const MAX_SUBJECT = 200;
const MAX_TEXT = 8_000;

/**
 * The command is the subject, its content the text; the step's targets name groups of the configuration. A playbook
 * can't write to anybody else.
 */
export const mail: Action<'mail'> = {
  kind: 'mail',
  command: 'gatehouse-mail',
  title: 'Send an e-mail to a group of the configuration',
  example: 'Break-in at __site_name__:value',
  prepare(command, { settings, playbook, step, values }) {
    const subject = filledIn(command.command ?? '', values);
    const text = filledIn(command.content ?? command.description ?? '', values);
    const missing = [...subject.missing, ...text.missing];
    if (missing.length > 0) return problem(unknownValues(missing, playbook));
    if (subject.text.trim() === '') return problem('There is no subject.');
    const to = targetsOf(step, playbook);
    if (to.length === 0) return problem('The step names nobody as its target.');
    const groups = settings.mail?.groups;
    // Without a mail server somebody picks up the phone.
    if (groups === undefined) return { is: 'manual' };
    const unknown = to.find((name) => groups[name] === undefined);
    if (unknown !== undefined) return problem(`The configuration has no group "${unknown}" to write to.`);
    return {
      is: 'deed',
      deed: {
        kind: 'mail',
        to,
        subject: subject.text.replace(/\s+/g, ' ').trim().slice(0, MAX_SUBJECT),
        text: text.text.slice(0, MAX_TEXT),
      },
      says: `E-mail to ${to.join(', ')}: ${subject.text.trim()}`,
      isRepeatable: false,
    };
  },
  async perform({ id }, { to, subject, text }, { settings, resolve }, signal) {
    const server = settings.mail;
    const addresses = [...new Set(to.flatMap((name) => server?.groups[name] ?? []))];
    if (server === undefined || addresses.length === 0)
      return { state: 'failed', detail: 'nobody to write to is configured any more' };
    let isHandedOver = false;
    try {
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
          to: addresses,
          subject,
          text,
          headers: { 'X-Gatehouse-Step': id, 'Auto-Submitted': 'auto-generated' },
        });
        const refused = sent.rejected.length;
        return refused === 0
          ? { state: 'ok', detail: `handed to the mail server for ${addresses.length}` }
          : {
              state: 'failed',
              detail: `the mail server refused ${refused} of ${addresses.length} addresses`,
            };
      } finally {
        signal.removeEventListener('abort', close);
        transport.close();
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const isRefused =
        typeof error === 'object' &&
        error !== null &&
        'responseCode' in error &&
        Number(error.responseCode) >= 400;
      return { state: isHandedOver && !isRefused ? 'unknown' : 'failed', detail: `mail server: ${message}` };
    }
  },
};
