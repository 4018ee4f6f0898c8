/** For tests: a process of its own that changes a store and writes the trail, until it is killed. */
import { join } from 'node:path';
import { systemClock } from '../../devices/model/clock.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { auditSettings, Trail } from './trail.ts';

const [state = ''] = process.argv.slice(2);
const store = openSqliteStore({ file: join(state, 'store.sqlite'), clock: systemClock, sitesOf: () => [] });
const trail = await Trail.open({
  store,
  clock: systemClock,
  settings: auditSettings.parse({ origin: 'test.example/audit' }),
  state,
  resolve: (path) => path,
  configuration: [],
  onProblem: (message) => process.stderr.write(`${message}\n`),
});
const first = store.audited({ offset: 0, limit: 1 })[0]?.at ?? 0;
for (let at = first + 1; ; at++) {
  await store.audit({ at, by: 'mia', from: '192.0.2.1', action: 'noted', about: `note ${at}` });
  // The number is known to be stored from here on.
  process.stdout.write(`${at}\n`);
  if (at % 3 === 0) void trail.drain();
}
