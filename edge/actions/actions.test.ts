import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import type { Command } from '../../devices/model/command.ts';
import { Actions, MAX_SIREN_MS, REPEAT_AFTER_MS } from './actions.ts';

function bench(over: { deliver?: (command: Command) => boolean } = {}) {
  const clock = manualClock(1_000_000);
  const sent: Command[] = [];
  const outcomes: string[] = [];
  const state = new Map<string, string>();
  const kept = new Map<string, unknown>();
  const actions = new Actions({
    clock,
    deliver: (command) => {
      sent.push(command);
      return over.deliver?.(command) ?? true;
    },
    current: (asset, property) => state.get(`${asset}/${property}`),
    onOutcome: (command, outcome) => outcomes.push(`${command.id} ${outcome}`),
    keep: (key, value) => kept.set(key, JSON.parse(JSON.stringify(value))),
    forget: (key) => kept.delete(key),
    kept,
  });
  const siren: Command = {
    id: 'c1',
    action: 'siren.on',
    asset: 'siren-1',
    issuedAt: clock.now(),
    lifetimeMs: 10_000,
    issuedBy: 'rule:forced-open',
    reason: 'back door forced',
  };
  return { clock, sent, outcomes, state, kept, actions, siren };
}

test('a command is repeated until the device reports the new state', () => {
  const { actions, clock, sent, outcomes, siren } = bench();
  actions.start(siren);
  clock.advance(REPEAT_AFTER_MS * 2);
  expect(sent).toHaveLength(3);
  actions.readback('siren-1', 'siren', 'on');
  expect(outcomes).toEqual(['c1 confirmed']);
  clock.advance(60_000);
  expect(sent).toHaveLength(3);
});

test('a command without readback is unconfirmed when its lifetime ends, and is never sent late', () => {
  const { actions, clock, sent, outcomes, siren } = bench();
  actions.start(siren);
  clock.advance(10_000);
  expect(outcomes).toEqual(['c1 unconfirmed']);
  const before = sent.length;
  clock.advance(60_000);
  expect(sent).toHaveLength(before);
});

test('a command of a desk whose clock is ahead lives no longer for that', () => {
  const { actions, clock, sent, outcomes, siren } = bench();
  actions.start({ ...siren, issuedAt: clock.now() + 72 * 3_600_000 });
  clock.advance(10_000);
  expect(outcomes).toEqual(['c1 unconfirmed']);
  const before = sent.length;
  clock.advance(60_000);
  expect(sent).toHaveLength(before);
});

test('a command whose lifetime is over before it begins is expired and not sent', () => {
  const { actions, clock, sent, outcomes, siren } = bench();
  clock.advance(10_001);
  actions.start(siren);
  expect(outcomes).toEqual(['c1 expired']);
  expect(sent).toEqual([]);
});

test('what no device can do is refused with one outcome', () => {
  const { actions, outcomes, siren } = bench({ deliver: () => false });
  actions.start(siren);
  expect(outcomes).toEqual(['c1 refused']);
  expect(actions.underWay).toBe(0);
});

test('a command under way survives a restart and is sent again while it lives', () => {
  const first = bench();
  first.actions.start(first.siren);
  const second = bench();
  for (const [key, value] of first.kept) second.kept.set(key, value);
  second.actions.resume();
  expect(second.sent.map(({ id }) => id)).toEqual(['c1']);
  expect(second.outcomes).toEqual([]);
});

test('a siren falls silent by itself', () => {
  const { actions, clock, sent, siren } = bench();
  actions.start(siren);
  actions.readback('siren-1', 'siren', 'on');
  clock.advance(MAX_SIREN_MS);
  expect(sent.at(-1)?.action).toBe('siren.off');
});

test('a confirmed silence cancels the later one', () => {
  const { actions, clock, sent, siren } = bench();
  actions.start(siren);
  actions.readback('siren-1', 'siren', 'on');
  actions.start({ ...siren, id: 'c2', action: 'siren.off', issuedAt: clock.now() });
  actions.readback('siren-1', 'siren', 'off');
  const before = sent.length;
  clock.advance(MAX_SIREN_MS * 2);
  expect(sent).toHaveLength(before);
});

test('a siren that sounded at a restart still falls silent in time', () => {
  const first = bench();
  first.actions.start(first.siren);
  first.actions.readback('siren-1', 'siren', 'on');
  const second = bench();
  for (const [key, value] of first.kept) second.kept.set(key, value);
  second.actions.resume();
  second.clock.advance(MAX_SIREN_MS);
  expect(second.sent.map(({ action }) => action)).toEqual(['siren.off']);
});

test('what has no readback is asked for once, and its driver says when it is done', () => {
  const { actions, clock, sent, outcomes, siren } = bench();
  actions.start({ ...siren, action: 'picture.take', asset: 'camera-1' });
  clock.advance(REPEAT_AFTER_MS * 3);
  expect(sent).toHaveLength(1);
  actions.done('c1', 'a picture');
  expect(outcomes).toEqual(['c1 confirmed']);
});

test('a message to people stands, over a restart as well, until somebody has seen it or it is too late', () => {
  const first = bench();
  const notice = { ...first.siren, id: 'n1', action: 'page.notice' as const, asset: 'gateway-1' };
  first.actions.start({ ...notice, lifetimeMs: 60_000 });
  first.actions.start({ ...notice, id: 'n2', lifetimeMs: 60_000 });
  const second = bench();
  for (const [key, value] of first.kept) second.kept.set(key, value);
  second.actions.resume();
  expect(second.actions.notices().map(({ id }) => id)).toEqual(['n1', 'n2']);
  second.actions.done('n1', 'seen by Anna');
  expect(second.actions.notices().map(({ id }) => id)).toEqual(['n2']);
  second.clock.advance(60_000);
  expect(second.outcomes).toEqual(['n1 confirmed', 'n2 unconfirmed']);
});
