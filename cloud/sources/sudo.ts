/** What sudo writes: who became whom to run what, and who was refused. It is reached through syslog. */
import type { Facts } from '../../devices/model/observation.ts';
import type { Reported } from './source.ts';

const refusals =
  /^(?:(\d{1,4}) incorrect password attempts?|user NOT in sudoers|user NOT authorized on host|command not allowed|a password is required|an authentication token could not be obtained|no tty present.*|sorry, you must have a tty.*)$/;
const MAX_FIELDS_BEFORE_COMMAND = 8;

/**
 * `anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/id`, with the reason as a first field where
 * it was refused. The command comes last and may hold anything, so it is taken whole. Empty: nothing for us.
 */
export function readSudo(text: string): Reported[] {
  const line = text.trimStart();
  const colon = line.indexOf(' : ');
  const account = line.slice(0, Math.max(0, colon)).trim();
  if (account === '') return [];
  let rest = line.slice(colon + 3);
  let reason: string | undefined;
  const facts: Facts = {};
  for (let count = 0; count < MAX_FIELDS_BEFORE_COMMAND; count++) {
    const command = /^COMMAND=(.*)$/s.exec(rest)?.[1];
    if (command !== undefined) {
      facts.command = command;
      break;
    }
    const end = rest.indexOf(' ; ');
    const field = (end < 0 ? rest : rest.slice(0, end)).trim();
    const named = /^(TTY|PWD|USER)=(.*)$/s.exec(field);
    if (named !== null) facts[named[1] === 'USER' ? 'as' : (named[1] ?? '').toLowerCase()] = named[2] ?? '';
    else if (refusals.test(field)) reason = field;
    if (end < 0) break;
    rest = rest.slice(end + 3);
  }
  if (reason === undefined && facts.command === undefined) return [];
  const attempts = reason === undefined ? undefined : refusals.exec(reason)?.[1];
  return [
    {
      kind: 'account.elevated',
      subjects: { account },
      facts: {
        ...facts,
        succeeded: reason === undefined,
        ...(reason === undefined ? {} : { reason }),
        ...(attempts === undefined ? {} : { attempts: Number(attempts) }),
      },
    },
  ];
}
