import { pino } from 'pino';
import { expect, test } from 'vitest';
import { newCounters } from '../counters.ts';
import { DeliveryQueue, MAX_WAITING_REPORTS } from './delivery-queue.ts';
import type { NodeState } from './link.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function stand() {
  const sent: NodeState[] = [];
  const counters = newCounters();
  const gateway = { isThere: true };
  const outlet = {
    publish: (state: NodeState) => {
      if (!gateway.isThere) return Promise.reject(new Error('away'));
      sent.push(state);
      return Promise.resolve();
    },
    setOnline: () => undefined,
  };
  let nowMs = 0;
  const queue = new DeliveryQueue(outlet, counters, pino({ level: 'silent' }), () => nowMs);
  return { sent, counters, gateway, queue, advance: (ms: number) => (nowMs += ms) };
}

test('reports go out one by one, in order, with their age', async () => {
  const { sent, queue, gateway, advance } = stand();
  gateway.isThere = false;
  for (const sequence of [1, 2, 3]) {
    queue.put({ boot: 'b', sequence });
    advance(100);
  }
  await settled();
  expect(sent).toEqual([]);
  gateway.isThere = true;
  queue.hurry();
  await settled();
  expect(sent.map(({ sequence, ageMs }) => [sequence, ageMs])).toEqual([
    [1, 300],
    [2, 200],
    [3, 100],
  ]);
});

test('when it is full, the first reports and the last are kept and the loss is counted', async () => {
  const { sent, counters, queue, gateway } = stand();
  gateway.isThere = false;
  for (let sequence = 1; sequence <= MAX_WAITING_REPORTS + 5; sequence++) queue.put({ boot: 'b', sequence });
  await settled();
  gateway.isThere = true;
  queue.hurry();
  while (counters.reportsDelivered < MAX_WAITING_REPORTS) await settled();
  expect(sent).toHaveLength(MAX_WAITING_REPORTS);
  expect(sent.at(-2)?.sequence).toBe(MAX_WAITING_REPORTS - 1);
  expect(sent.at(-1)?.sequence).toBe(MAX_WAITING_REPORTS + 5);
  expect(counters.reportsLost).toBe(5);
});
