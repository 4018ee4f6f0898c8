// npm run bench:ui: the desk in Chromium over a cloud with 500 sites and 10,000 open incidents.
import { join } from 'node:path';
import { ensurePackages, ensurePages, pinnedNode, projectRoot, run } from './runtime.mjs';

await ensurePackages();
await ensurePages();
process.exitCode = await run(pinnedNode(), [join(projectRoot, 'simulators', 'scenarios', 'desk.bench.ts')]);
