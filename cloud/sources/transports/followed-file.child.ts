/** Follows `log` in the folder it is given until it is killed; started by followed-file.test.ts. */
import { systemClock } from '../../../devices/model/clock.ts';
import { sourceList } from '../configuration.ts';
import { openRigStore, rigRegistry } from '../rig.ts';
import { createSources } from '../sources.ts';

const [folder = '.', lateWritersMs = '600000'] = process.argv.slice(2);
const store = openRigStore(folder);
const { done } = createSources(
  sourceList.parse([
    {
      name: 'accounts',
      format: 'account-log',
      asset: 'web-shop',
      transport: { type: 'followed-file', path: `${folder}/log`, lateWritersMs: Number(lateWritersMs) },
    },
  ]),
  {
    store,
    registry: rigRegistry,
    clock: systemClock,
    commit: (observations, detections) => store.append(observations, detections),
    signal: new AbortController().signal,
  },
);
process.stdout.write('following\n');
await done;
