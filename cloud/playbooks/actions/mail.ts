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
  prepare(command, { settings, hasMail, playbook, step, values }) {
    const subject = filledIn(command.command ?? '', values);
    const text = filledIn(command.content ?? command.description ?? '', values);
    const missing = [...subject.missing, ...text.missing];
    if (missing.length > 0) return problem(unknownValues(missing, playbook));
    if (subject.text.trim() === '') return problem('There is no subject.');
    const to = targetsOf(step, playbook);
    if (to.length === 0) return problem('The step names nobody as its target.');
    // Without a mail server somebody picks up the phone.
    if (!hasMail) return { is: 'manual' };
    const unknown = to.find((name) => settings.mailGroups[name] === undefined);
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
  async perform({ id }, { to, subject, text }, { settings, mailer }, signal) {
    const addresses = [...new Set(to.flatMap((name) => settings.mailGroups[name] ?? []))];
    if (mailer === undefined || addresses.length === 0)
      return { state: 'failed', detail: 'nobody to write to is configured any more' };
    const outcome = await mailer.send(
      { to: addresses, subject, text, headers: { 'X-Gatehouse-Step': id } },
      signal,
    );
    switch (outcome.state) {
      case 'accepted':
        return { state: 'ok', detail: `handed to the mail server for ${addresses.length}` };
      case 'unknown':
        return { state: 'unknown', detail: outcome.reason };
      default:
        return { state: 'failed', detail: outcome.reason };
    }
  },
};
