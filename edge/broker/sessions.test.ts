import { expect, it } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { defaultLimits } from './limits.ts';
import { grantedQos, Sessions } from './sessions.ts';
import type { Operation } from './state-operations.ts';

function begin(limits: Partial<typeof defaultLimits> = {}) {
  const clock = manualClock(1_000_000);
  const written: Operation[] = [];
  const dropped: string[] = [];
  const sessions = new Sessions(
    { ...defaultLimits, ...limits },
    (operation) => written.push(operation),
    (session, topic) => dropped.push(`${session.client} ${topic}`),
    clock.monotonicMs,
  );
  return { clock, written, dropped, sessions };
}

const message = (number: number, bytes = 10) =>
  ({ number, topic: 'a/b', payload: Buffer.alloc(bytes), qos: 1 }) as const;

it('drops a session that nobody came back to, and no other', () => {
  const { clock, written, sessions } = begin();
  for (const name of ['gone', 'back', 'there']) sessions.open(name, 'door', clock.now());
  clock.advance(500);
  sessions.left('back');
  clock.advance(600);
  expect(sessions.expire(1_000, (client) => client === 'there')).toBe(1);
  expect(sessions.get('gone')).toBeUndefined();
  expect(sessions.count).toBe(2);
  expect(written.at(-1)).toEqual({ do: 'end', client: 'gone' });
});

it('counts bytes over all sessions and gives them free when acknowledged or ended', () => {
  const { dropped, sessions } = begin({ maxQueuedBytes: 30 });
  const [first, second] = [sessions.open('c1', 'door', 0), sessions.open('c2', 'door', 0)];
  for (const session of [first, second]) sessions.subscribe(session, 'a/+', 1);
  sessions.enqueue(sessions.matches('a/b'), message(1));
  expect([first.queue.size, second.queue.size]).toEqual([1, 1]);
  sessions.enqueue(sessions.matches('a/b'), message(2));
  expect(dropped).toEqual(['c1 a/b', 'c2 a/b']);
  const queued = first.queue.get(1);
  if (queued === undefined) throw new Error('it was queued');
  sessions.sent(first, queued, 7);
  sessions.acknowledged(first, 7);
  sessions.end('c2');
  sessions.enqueue([first], message(3, 20));
  expect(first.queue.size).toBe(1);
  expect(sessions.queued).toBe(1);
});

it('keeps a payload apart from the chunk that it came in', () => {
  const { sessions } = begin();
  const session = sessions.open('c1', 'door', 0);
  const chunk = Buffer.alloc(64 * 1024, 1);
  sessions.enqueue([session], { ...message(1), payload: chunk.subarray(100, 110) });
  chunk.fill(2);
  const kept = session.queue.get(1)?.payload;
  expect(kept?.every((byte) => byte === 1)).toBe(true);
  expect(kept?.buffer.byteLength).toBe(10);
});

it('grants the highest QoS of the filters that match', () => {
  const subscriptions: [string, number][] = [
    ['a/#', 0],
    ['a/+', 1],
    ['b', 2],
  ];
  expect(grantedQos(subscriptions, 'a/b')).toBe(1);
  expect(grantedQos(subscriptions, 'a/b/c')).toBe(0);
  expect(grantedQos(subscriptions, 'c')).toBeUndefined();
});
