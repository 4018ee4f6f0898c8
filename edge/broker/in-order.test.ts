import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from './in-order.ts';

it('settles in the order of adding, whatever the order in which the work is done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('works', 'fails', 'none'), { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (kinds, picks) => {
        const inOrder = new InOrder();
        const settled: string[] = [];
        const open: (() => void)[] = [];
        kinds.forEach((kind, index) => {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          if (kind === 'works') open.push(resolve);
          if (kind === 'fails') open.push(() => reject(new Error('no')));
          inOrder.add(kind === 'none' ? undefined : promise, (error) =>
            settled.push(`${index} ${error === undefined ? 'ok' : 'no'}`),
          );
        });
        while (open.length > 0) {
          const [one] = open.splice((picks.next().value ?? 0) % open.length, 1);
          one?.();
          await Promise.resolve();
        }
        await new Promise((resolve) => setImmediate(resolve));
        expect(settled).toEqual(kinds.map((kind, index) => `${index} ${kind === 'fails' ? 'no' : 'ok'}`));
        expect(inOrder.size).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
