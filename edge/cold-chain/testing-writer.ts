/** For tests only: writes readings to a store and says after each write how many are safe, until it is killed. */
import { ColdChainStore } from './store.ts';

const [directory = ''] = process.argv.slice(2);
const store = await ColdChainStore.open({
  directory,
  now: () => 1_800_000_000_000,
  committed: () => Promise.resolve(),
  onTrouble: (message) => process.stderr.write(`${message}\n`),
});
for (let number = 1; ; number++) {
  const at = 1_800_000_000_000 + number * 20_000;
  store.addReading('fridge-1', { at, celsius: number / 10, probe: 'p' }, 0);
  store.reached({ epoch: 'epoch-01', sequence: number });
  await store.write();
  process.stdout.write(`${number}\n`);
}
