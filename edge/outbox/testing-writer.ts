/** A process to be killed: fills an outbox as fast as it can and prints each id once it is on disk. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../devices/model/clock.ts';
import { openOutbox } from './open.ts';
import { print, testObservation } from './testing.ts';

const [directory = '', keyFile = '', inFlight = '50', maxBytes = '67108864'] = process.argv.slice(2);
const outbox = await openOutbox({
  directory,
  gateway: 'gw-1',
  signingKey: createPrivateKey(readFileSync(keyFile)),
  clock: systemClock,
  maxBytes: Number(maxBytes),
  segmentBytes: 1024 * 1024,
  retainMs: 0,
  onFatal: (error) => {
    print(`fatal ${error.message}`);
    process.exit(70);
  },
});
let number = 0;
const one = async (worker: number) => {
  for (;;) {
    const mine = ++number;
    const lane = worker % 10 === 0 ? 'alarm' : 'bulk';
    outbox.keep(`worker/${worker}`, mine);
    const id = outbox.stage(lane, Date.now(), (name) =>
      testObservation(name, Date.now(), 'x'.repeat(mine % 200)),
    );
    await outbox.committed();
    print(`${lane} ${id} ${worker} ${mine}`);
  }
};
print('open');
await Promise.all(Array.from({ length: Number(inFlight) }, (_, worker) => one(worker)));
