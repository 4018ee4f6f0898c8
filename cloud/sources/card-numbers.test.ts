import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutCardNumbers } from './card-numbers.ts';
import { eventually, rigUp } from './rig.ts';

test('numbers of cards are crossed out however they are written, other numbers stay', () => {
  expect(withoutCardNumbers('{"number":"4242 4242 4242 4242","cvc":"1"}')).toBe(
    '{"number":"XXXXXXXXXXXX4242","cvc":"1"}',
  );
  expect(withoutCardNumbers('3782-822463-10005 and 4242424242424241')).toBe(
    'XXXXXXXXXXX0005 and 4242424242424241',
  );
  expect(withoutCardNumbers('time 1795417201123456, order 727')).toBe('time 1795417201123456, order 727');
});

test('no text makes it throw or grow', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\d a-]{0,80}$/), (text) => {
      expect(withoutCardNumbers(text).length).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('what a payment service sends and nobody can read is put aside without the numbers', async () => {
  const rig = await rigUp();
  try {
    const token = 'a-token-that-is-long-enough';
    const { sources } = rig.start([
      {
        name: 'payments',
        format: 'payment-service',
        asset: 'web-shop',
        transport: { type: 'http-post', token },
      },
    ]);
    const answer = await sources.routes.request('/sources/payments', {
      method: 'POST',
      body: '{"event":"payment.declined","card":"4242424242424242"}',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ refused: 1 });
    const kept = await eventually('it is put aside', () => rig.store.quarantined(1).newest[0]);
    expect(Buffer.from(kept?.raw ?? []).toString()).toBe(
      '{"event":"payment.declined","card":"XXXXXXXXXXXX4242"}',
    );
  } finally {
    await rig.stop();
  }
});
