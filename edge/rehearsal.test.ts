import { expect, it } from 'vitest';
import { REHEARSED_VISITS, rehearse } from './rehearsal.ts';

it('opens the door to whoever may come in, every time, and to no stranger', () => {
  const visits = REHEARSED_VISITS / 10;
  expect(rehearse(visits).unlocked).toBe((visits * 4) / 5);
});
