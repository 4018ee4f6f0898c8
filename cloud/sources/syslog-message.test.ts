import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSyslogMessage } from './syslog-message.ts';

const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 0);
const read = (input: string, timeZone = 'UTC') => readSyslogMessage(input, receivedAt, timeZone);
const at = Date.UTC(2026, 10, 23, 7, 0, 1);

const word = fc.stringMatching(/^[A-Za-z0-9_.]{1,32}$/).filter((text) => text !== '-');
const parameterName = fc.stringMatching(/^[A-Za-z0-9_@]{1,16}$/);

test('every message written after RFC 5424 is read as what was written', () => {
  const message = fc.record({
    facility: fc.nat(23),
    severity: fc.nat(7),
    at: fc.option(fc.integer({ min: 0, max: 253_402_300_799_999 }), { nil: undefined }),
    host: fc.option(word, { nil: undefined }),
    application: fc.option(word, { nil: undefined }),
    elements: fc.uniqueArray(
      fc.record({
        id: parameterName,
        name: parameterName,
        value: fc.string({ unit: 'grapheme', maxLength: 20 }),
      }),
      { maxLength: 4, selector: ({ id }) => id },
    ),
    mark: fc.boolean(),
    text: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/[\0\r\n]$/.test(text)),
  });
  fc.assert(
    fc.property(message, ({ facility, severity, at: stated, host, application, elements, mark, text }) => {
      const escaped = (value: string) => value.replace(/["\\\]]/g, (character) => `\\${character}`);
      const data = elements.map(({ id, name, value }) => `[${id} ${name}="${escaped(value)}"]`).join('');
      const time = stated === undefined ? '-' : new Date(stated).toISOString();
      const input = `<${facility * 8 + severity}>1 ${time} ${host ?? '-'} ${application ?? '-'} - - ${data || '-'} ${mark ? '\ufeff' : ''}${text}`;
      expect(read(input)).toEqual({
        facility,
        severity,
        ...(stated === undefined ? {} : { at: stated }),
        ...(host === undefined ? {} : { host }),
        ...(application === undefined ? {} : { application }),
        parameters: Object.fromEntries(elements.map(({ id, name, value }) => [`${id}.${name}`, value])),
        text,
      });
    }),
  );
});

const traditional: [string, string, Partial<Exclude<ReturnType<typeof read>, string>>][] = [
  ['day padded by a blank', '<13>Nov  3 07:00:01 h a: x', { at: Date.UTC(2026, 10, 3, 7, 0, 1), host: 'h' }],
  ['day padded by a zero', '<13>Nov 03 07:00:01 h a: x', { at: Date.UTC(2026, 10, 3, 7, 0, 1), host: 'h' }],
  ['day not padded', '<13>Nov 3 07:00:01 h a: x', { at: Date.UTC(2026, 10, 3, 7, 0, 1), host: 'h' }],
  ['year behind the day', '<13>Nov 23 2026 07:00:01 h a: x', { at, host: 'h' }],
  ['year before the month', '<13>2026 Nov 23 07:00:01 h a: x', { at, host: 'h' }],
  ['year behind the time', '<13>Nov 23 07:00:01 2025 h a: x', { at: Date.UTC(2025, 10, 23, 7, 0, 1) }],
  ['fractions', '<13>Nov 23 07:00:01.250 h a: x', { at: at + 250, host: 'h' }],
  ['a zone by name', '<13>Nov 23 08:00:01 CET h a: x', { at, host: 'h' }],
  ['a zone by offset', '<13>Nov 23 08:00:01 +01:00 h a: x', { at, host: 'h' }],
  ['a clock that is not set', '<13>*Nov 23 07:00:01 h a: x', { at, host: 'h' }],
  ['ISO time without version', '<13>2026-11-23T08:00:01+01:00 h a: x', { at, host: 'h', application: 'a' }],
  ['no host', '<13>Nov 23 07:00:01 a[7]: x', { at, application: 'a', processId: '7', text: 'x' }],
  ['no time, no host', '<13>a[7]: x', { application: 'a', processId: '7', text: 'x' }],
  ['nothing but text', '<13>something happened', { text: 'something happened' }],
  ['no colon behind the process', '<13>Nov 23 07:00:01 h a[7] x', { application: 'a', text: 'x' }],
  ['a path as application', '<13>Nov 23 07:00:01 h /usr/sbin/cron[7]: x', { application: 'cron' }],
  ['an application with a remark', '<13>Nov 23 07:00:01 h su(pam_unix)[7]: x', { application: 'su' }],
  ['an IPv4 address as host', '<13>Nov 23 07:00:01 10.0.0.1 a: x', { host: '10.0.0.1' }],
  [
    'forwarded by AIX',
    '<13>Nov 23 07:00:01 Message forwarded from web: a[7]: x',
    { host: 'web', application: 'a' },
  ],
  ['ended by NUL and line feed', '<13>Nov 23 07:00:01 h a: x\n\0', { text: 'x' }],
  ['a file without priority', 'Nov 23 07:00:01 h a: x', { at, host: 'h', application: 'a', text: 'x' }],
  ['version 1 with a broken time', '<13>1 yesterday h a - - - x', { facility: 1, severity: 5 }],
  ['structured data left out', '<13>1 2026-11-23T07:00:01Z h a - - hello [x]', { at, text: 'hello [x]' }],
  ['a leap second', '<13>1 2016-12-31T23:59:60Z h a - - - x', { at: Date.UTC(2016, 11, 31, 23, 59, 59) }],
];

test.each(traditional)('RFC 3164 and its deviations: %s', (_, input, expected) => {
  expect(read(input)).toMatchObject(expected);
});

test('a time without year and zone is of the zone it is said to be in and of the nearest year', () => {
  const inBerlin = (input: string, on: number) => readSyslogMessage(input, on, 'Europe/Berlin');
  expect(inBerlin('<13>Jan  1 00:30:00 h a: x', Date.UTC(2026, 11, 31, 23, 30, 5))).toMatchObject({
    at: Date.UTC(2026, 11, 31, 23, 30),
  });
  expect(inBerlin('<13>Feb 29 12:00:00 h a: x', Date.UTC(2028, 2, 1))).toMatchObject({
    at: Date.UTC(2028, 1, 29, 11),
  });
  // There was none in 2026, in 2025 or in 2027: it is no time, and what is left is text.
  expect(inBerlin('<13>Feb 29 12:00:00 h a: x', Date.UTC(2026, 2, 1))).not.toHaveProperty('at');
});

test('what is no syslog is refused with a reason', () => {
  for (const input of ['', '\n', 'hello', '<999>x', '<-1>x', '<>x', '{"a":1}'])
    expect(typeof read(input), input).toBe('string');
});
