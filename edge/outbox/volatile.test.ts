import { expect, it } from 'vitest';
import { volatileOutbox } from './volatile.ts';

it('numbers its records one after the other, and gives each body its own id', () => {
  const outbox = volatileOutbox('try');
  const ids = [1, 2].map((at) =>
    outbox.stage('bulk', at, (id) => ({
      type: 'observation',
      observation: {
        id,
        kind: 'door.opened',
        site: 's',
        asset: 'door',
        source: 'test',
        observedAt: at,
        receivedAt: at,
        clock: 'set',
      },
    })),
  );
  expect(ids).toEqual(['try/volatile/1', 'try/volatile/2']);
  expect(outbox.lastSequence).toBe(2);
});

it('refuses what the durable one would refuse to keep', () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  expect(() => volatileOutbox('try').keep('ring', ring)).toThrow(TypeError);
});
