import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { newCounters } from '../counters.ts';
import { PendingCommand } from './pending-command.ts';

function stand() {
  const clock = manualClock(0);
  const counters = newCounters();
  return { clock, counters, pending: new PendingCommand(clock, counters) };
}

test('a command is there until it is done, under a number of its own', async () => {
  const { pending, counters } = stand();
  const first = pending.put({ buzzer: true, expiresAt: 1_000 });
  const id = pending.current?.id ?? -1;
  pending.finish(id + 1, 'done');
  expect(pending.current).toEqual({ id, buzzer: true });
  pending.finish(id, 'done');
  expect(await first).toBe('done');
  expect(pending.current).toBeUndefined();
  void pending.put({ buzzer: false, expiresAt: 1_000 });
  expect(pending.current?.id).not.toBe(id);
  expect(counters.commandsDone).toBe(1);
});

test('a newer command takes the place of the one before', async () => {
  const { pending } = stand();
  const first = pending.put({ buzzer: true, expiresAt: 1_000 });
  void pending.put({ buzzer: false, expiresAt: 2_000 });
  expect(await first).toBe('superseded');
  expect(pending.current?.buzzer).toBe(false);
});

test('a command that is not done within its life is dead', async () => {
  const { pending, clock, counters } = stand();
  const first = pending.put({ buzzer: true, expiresAt: 1_000 });
  clock.advance(999);
  expect(pending.current).toBeDefined();
  clock.advance(1);
  expect(await first).toBe('expired');
  expect(pending.current).toBeUndefined();
  expect(await pending.put({ buzzer: true, expiresAt: 500 })).toBe('expired');
  expect(counters.commandsExpired).toBe(2);
});
