// npm run bench: every figure beside what it is measured against, in one run. Names choose: npm run bench -- gateway
import { join } from 'node:path';
import { ensurePackages, ensurePages, pinnedNode, projectRoot, run, stop } from './runtime.mjs';

const benches = {
  gateway: { title: 'Gateway against mosquitto', file: 'edge/gateway.bench.ts' },
  readers: { title: 'Card reader on a serial line', file: 'simulators/scenarios/readers.bench.ts' },
  outbox: { title: 'Outbox against a raw log with fdatasync', file: 'edge/outbox/outbox.bench.ts' },
  rules: { title: 'Rules', file: 'edge/rules/engine.bench.ts' },
  anomaly: { title: 'Anomaly detectors', file: 'edge/rules/anomaly/anomaly.bench.ts' },
  ingest: { title: 'Ingest: stored and acknowledged', file: 'cloud/ingest/ingest.bench.ts' },
  sources: { title: 'Sources: lines read and made into records', file: 'cloud/sources/sources.bench.ts' },
  sigma: { title: 'Sigma', file: 'cloud/sigma/sigma.bench.ts', folder: 'SIGMA_RULES' },
  'web-attacks': {
    title: 'Attacks on the web shop',
    file: 'simulators/scenarios/web-attacks.bench.ts',
    folder: 'WEB_ATTACKS',
  },
  communication: {
    title: 'Communication monitor: flows learned and judged',
    file: 'cloud/communication/communication.bench.ts',
  },
  correlate: { title: 'Correlator', file: 'cloud/correlation/correlator.bench.ts' },
  restart: { title: 'A start of the cloud: from the snapshot, and anew', file: 'cloud/restart.bench.ts' },
  cascade: { title: 'Cascading effects', file: 'cloud/cascade/cascade.bench.ts' },
  audit: { title: 'Audit trail', file: 'cloud/audit/audit.bench.ts' },
  cloud: { title: 'Cloud: resident memory', file: 'cloud/memory.bench.ts' },
  desk: { title: 'JavaScript before the desk is usable', file: 'dashboards/script-size.bench.ts' },
};

// What looks like a path is a folder with data to measure against, and belongs to the one bench that is named with it.
const isPath = (word) => word.includes('/') || word.startsWith('.');
const wanted = process.argv.slice(2).filter((word) => !isPath(word));
const folders = process.argv.slice(2).filter(isPath);
const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined)
  stop(`there is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}`);
if (folders.length > 0 && (wanted.length !== 1 || benches[wanted[0]].folder === undefined)) {
  const takers = Object.entries(benches).filter(([, { folder }]) => folder !== undefined);
  stop(
    `${folders[0]}: a folder goes to one bench, and only ${takers.map(([name]) => `"${name} FOLDER"`).join(' and ')} take one; ` +
      `for more in one run set ${takers.map(([, { folder }]) => folder).join(' and ')}`,
  );
}

await ensurePackages();
await ensurePages();
for (const [name, { title, file }] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${title}`);
  if ((await run(pinnedNode(), ['--expose-gc', join(projectRoot, file), ...folders])) !== 0)
    process.exitCode = 1;
}
