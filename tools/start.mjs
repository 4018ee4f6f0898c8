// npm start: sets everything up, then runs cloud, gateway, bridge and a pharmacy's day, and prints one address.
import { join } from 'node:path';
import { ensurePackages, ensurePages, pinnedNode, projectRoot, run } from './runtime.mjs';

await ensurePackages();
await ensurePages();
process.exitCode = await run(pinnedNode(), [
  join(projectRoot, 'simulators', 'main.ts'),
  'day',
  ...process.argv.slice(2),
]);
