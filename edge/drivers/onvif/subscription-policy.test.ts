import { expect, test } from 'vitest';
import { readPulled } from './pulled.ts';
import { afterFault, faultOf, mustRenew } from './subscription-policy.ts';

test('a subscription that pulling prolongs is never renewed', () => {
  expect(mustRenew({ ageMs: 3_600_000, remainingMs: 120_000 })).toBe(false);
});

test('one that pulling does not prolong is renewed before the next pull would outlive it', () => {
  expect(mustRenew({ ageMs: 60_000, remainingMs: 60_000 })).toBe(true);
  // A storm of answers does not make a storm of renewals.
  expect(mustRenew({ ageMs: 500, remainingMs: 60_000 })).toBe(false);
});

test('where the times are none, our own clock decides', () => {
  expect(mustRenew({ ageMs: 10_000, remainingMs: undefined })).toBe(false);
  expect(mustRenew({ ageMs: 60_000, remainingMs: undefined })).toBe(true);
});

test('faults are told apart by their words', () => {
  const reset = Object.assign(new Error('read'), { code: 'ECONNRESET' });
  expect([
    faultOf(reset),
    faultOf(new Error('socket hang up')),
    faultOf(new Error('ONVIF SOAP Fault: sender not authorized')),
    faultOf(new Error('ONVIF SOAP Fault: The subscription is not known')),
    faultOf(new Error('Wrong ONVIF SOAP response')),
    faultOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
    faultOf(new Error('Network timeout')),
  ]).toEqual(['dropped', 'dropped', 'refused', 'faulted', 'faulted', 'unreachable', 'unreachable']);
});

test('nothing is tried for ever', () => {
  expect([1, 2, 3, 4].map((inARow) => afterFault('dropped', inARow))).toEqual([
    'pull-again',
    'pull-again',
    'pull-again',
    'begin-anew',
  ]);
  expect([1, 2].map((inARow) => afterFault('refused', inARow))).toEqual(['measure-clock', 'begin-anew']);
  expect(afterFault('faulted', 1)).toBe('subscribe-again');
  expect(afterFault('faulted', 9)).toBe('begin-anew');
  expect(afterFault('unreachable', 1)).toBe('begin-anew');
});

test('the time left is by the two times of one answer, whatever our clock says', () => {
  const currentTime = new Date('1970-01-01T00:01:00Z');
  const terminationTime = new Date('1970-01-01T00:03:00Z');
  expect(readPulled({ currentTime, terminationTime }).remainingMs).toBe(120_000);
  expect(readPulled({ currentTime: '0000-00-00T00:00:00Z', terminationTime }).remainingMs).toBeUndefined();
});

test('what cannot be read in an answer is counted, and the rest is taken', () => {
  const good = {
    topic: { _: 'tns1:VideoSource/MotionAlarm' },
    message: {
      message: {
        $: { PropertyOperation: 'Changed' },
        source: '',
        data: { simpleItem: [{ $: { Name: 'State', Value: true } }, { $: { Name: 'More', Value: 1 } }] },
      },
    },
  };
  expect(readPulled({ notificationMessage: [good, { topic: 7 }, 'x'] })).toEqual({
    notices: [
      {
        topic: 'tns1:VideoSource/MotionAlarm',
        operation: 'Changed',
        source: {},
        data: { State: true, More: 1 },
      },
    ],
    unreadable: 2,
  });
  expect(readPulled('nonsense').unreadable).toBe(1);
});
