/**
 * What OpenSSH's server writes. It is reached through syslog. A user name comes from the stranger who tries
 * it and may look like the rest of the line (`admin from 192.0.2.1 port 22`): only the last address counts.
 *
 * A failed password, an unknown name and a connection that ends before anybody is logged in are each a failed
 * log-in: a server that takes keys alone writes nothing else of an attack.
 */
import { isIP } from 'node:net';
import type { Facts } from '../../devices/model/observation.ts';
import type { Reported } from './source.ts';

/** Names under which its parts write; from OpenSSH 9.8 on, sessions are a program of their own. */
export const sshdApplications: ReadonlySet<string> = new Set(['sshd', 'sshd-session', 'sshd-auth']);

/** Copies made of `message repeated 12 times`, at most. */
const MAX_REPEATED = 50;

const repeated = /^message repeated (\d{1,6}) times: \[ ?(.*)\]$/s;
const decided =
  /^(Failed|Accepted) (\S{1,64}) for (invalid user |illegal user )?(.*) from (\S{1,64}) port (\d{1,5})(?: ssh2)?(?:: (\S{1,32}) (\S{1,128}))?$/s;
const unknown = /^(?:Invalid|Illegal) user (.*) from (\S{1,64})(?: port (\d{1,5}))?$/s;
const left =
  /^(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting) (authenticating|invalid) user (.*) (\S{1,64}) port (\d{1,5})(?::.*)? \[preauth\]$/s;
const notAllowed = /^User (.*) from (\S{1,64}) not allowed because (.{1,200})$/s;
const probed =
  /^(?:Connection (?:closed|reset) by (\S{1,64}) port \d{1,5} \[preauth\]|Did not receive identification string from (\S{1,64})(?: port \d{1,5})?|(?:Bad protocol version identification .*|banner exchange: Connection) from (\S{1,64}) port \d{1,5}(?:: .*)?|Unable to negotiate with (\S{1,64}) port \d{1,5}: .*|error: maximum authentication attempts exceeded for .* from (\S{1,64}) port \d{1,5} ssh2 \[preauth\])$/s;

const whence = (address: string) => (isIP(address) === 0 ? { host: address } : { ip: address.toLowerCase() });

const failed = (account: string, address: string, facts: Facts): Reported => ({
  kind: 'login.failed',
  // An empty name is tried as well.
  ...(account === '' ? {} : { subjects: { account } }),
  observables: whence(address),
  facts: { service: 'ssh', ...facts },
});

/** What one message says; empty: well-formed, nothing for us. Pure. */
export function readSshd(text: string): Reported[] {
  const again = repeated.exec(text);
  if (again !== null) {
    const inner = readSshd((again[2] ?? '').trimEnd());
    const times = Math.min(MAX_REPEATED, Number(again[1]));
    return Array.from({ length: times }, () => inner)
      .flat()
      .slice(0, MAX_REPEATED);
  }
  const attempt = decided.exec(text);
  if (attempt !== null) {
    const [, outcome, method = '', isUnknown, account = '', address = '', port, keyType, key] = attempt;
    // The client asks in this way what methods there are.
    if (method === 'none') return [];
    const facts: Facts = { method, port: Number(port) };
    if (outcome === 'Failed')
      return [
        failed(account, address, isUnknown === undefined ? facts : { ...facts, reason: 'unknown account' }),
      ];
    return [
      {
        kind: 'login.succeeded',
        subjects: { account },
        observables: whence(address),
        facts: {
          service: 'ssh',
          ...facts,
          ...(key === undefined ? {} : { key, keyType: keyType ?? '' }),
          ...(account === 'root' ? { role: 'root' } : {}),
        },
      },
    ];
  }
  const stranger = unknown.exec(text);
  if (stranger !== null) return [failed(stranger[1] ?? '', stranger[2] ?? '', { reason: 'unknown account' })];
  const refused = notAllowed.exec(text);
  if (refused !== null) return [failed(refused[1] ?? '', refused[2] ?? '', { reason: refused[3] ?? '' })];
  // Asked for first: without it, two loose parts of the pattern would try each other's every length.
  const gone = text.endsWith('[preauth]') ? left.exec(text) : null;
  if (gone !== null) {
    const [, who, account = '', address = ''] = gone;
    // Its unknown name was counted when it was tried.
    if (who === 'invalid') return [];
    return [failed(account, address, { reason: 'left before logging in' })];
  }
  const address = probed
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined);
  if (address === undefined) return [];
  return [
    {
      kind: 'host.logged',
      observables: whence(address),
      facts: { service: 'ssh', reason: 'no log-in tried' },
    },
  ];
}
