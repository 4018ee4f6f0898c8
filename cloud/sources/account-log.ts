import { isIP } from 'node:net';
import { z } from 'zod';
import { isoInstant } from './instants.ts';
import { jsonObject, present, textAt } from './json-line.ts';
import { sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 8 * 1024;
const kinds = ['login.failed', 'login.succeeded', 'account.elevated'] as const;
const at = Date.UTC(2026, 10, 23, 7, 0, 1);

/**
 * What a shop writes about its accounts, one JSON object a line: `{"time": ISO 8601, "event": "login.failed" |
 * "login.succeeded" | "account.elevated", "account", "ip", "role"?, "secondFactor"?: whether one was given, "asset"?}`. Further members are passed over.
 */
export const accountLog = sourceFormat({
  name: 'account-log',
  title: 'Account log of a shop',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const entry = jsonObject(input);
      if (typeof entry === 'string') return { refused: entry };
      const event = textAt(entry, 'event');
      if (event === undefined) return { refused: 'event: missing' };
      const kind = kinds.find((name) => name === event);
      if (kind === undefined) return { ignored: true };
      const account = textAt(entry, 'account');
      if (account === undefined) return { refused: 'account: missing' };
      const time = textAt(entry, 'time');
      const observedAt = time === undefined ? undefined : isoInstant(time, timeZone);
      if (observedAt === undefined) return { refused: 'time: expected an ISO 8601 time' };
      const ip = textAt(entry, 'ip')?.toLowerCase();
      if (ip !== undefined && isIP(ip) === 0) return { refused: 'ip: not an address' };
      const agent = textAt(entry, 'userAgent');
      const role = textAt(entry, 'role');
      const asset = textAt(entry, 'asset');
      const secondFactor = typeof entry.secondFactor === 'boolean' ? entry.secondFactor : undefined;
      return {
        reported: [
          {
            kind,
            observedAt,
            subjects: { account },
            observables: present({ ip, 'user-agent': agent }),
            facts: present<string | boolean>({ role, secondFactor }),
            ...(asset === undefined ? {} : { asset }),
          },
        ],
      };
    };
  },
  samples: [
    {
      name: 'an administrator logs in',
      input:
        '{"time":"2026-11-23T07:00:01.000Z","event":"login.succeeded","account":"a.weber","ip":"198.51.100.20","role":"admin","asset":"shop-admin"}',
      expect: {
        reported: [
          {
            kind: 'login.succeeded',
            observedAt: at,
            subjects: { account: 'a.weber' },
            observables: { ip: '198.51.100.20' },
            facts: { role: 'admin' },
            asset: 'shop-admin',
          },
        ],
      },
    },
    {
      name: 'an administrator logs in without a second factor',
      input:
        '{"time":"2026-11-23T07:00:01.000Z","event":"login.succeeded","account":"a.weber","role":"admin","secondFactor":false}',
      expect: {
        reported: [
          {
            kind: 'login.succeeded',
            observedAt: at,
            subjects: { account: 'a.weber' },
            observables: {},
            facts: { role: 'admin', secondFactor: false },
          },
        ],
      },
    },
    {
      name: 'a customer fails to',
      input:
        '{"time":"2026-11-23T08:00:01+01:00","event":"login.failed","account":"c@example.org","ip":"2001:DB8::9","session":7}',
      expect: {
        reported: [
          {
            kind: 'login.failed',
            observedAt: at,
            subjects: { account: 'c@example.org' },
            observables: { ip: '2001:db8::9' },
            facts: {},
          },
        ],
      },
    },
    {
      name: 'what else a shop notes of an account',
      input: '{"time":"2026-11-23T08:00:01Z","event":"address.changed","account":"c"}',
      expect: { ignored: true },
    },
    {
      name: 'a time in words',
      input: '{"time":"yesterday","event":"login.failed","account":"c"}',
      expect: { refused: 'time: expected an ISO 8601 time' },
    },
    {
      name: 'an address that is none',
      input: '{"time":"2026-11-23T08:00:01Z","event":"login.failed","account":"c","ip":"localhost"}',
      expect: { refused: 'ip: not an address' },
    },
    { name: 'half a line', input: '{"time":"2026-11-23T08:00', expect: { refused: 'not JSON' } },
  ],
});
