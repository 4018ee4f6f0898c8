// npm run check: format, lint, types and walls.
import { join } from 'node:path';
import { ensurePackages, pinnedNode, projectRoot, run } from './runtime.mjs';

await ensurePackages();
const node = pinnedNode();
const module = (...path) => join(projectRoot, 'node_modules', ...path);
const steps = [
  ['format and lint', [module('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--error-on-warnings', '.']],
  ['types', [module('typescript', 'bin', 'tsc'), '-p', '.']],
  ['types of the pages', [module('typescript', 'bin', 'tsc'), '-p', 'dashboards']],
  ['walls', [join(projectRoot, 'tools', 'walls.ts')]],
];
for (const [title, args] of steps) {
  const code = await run(node, args);
  process.stdout.write(`${code === 0 ? 'clean' : 'NOT clean'}: ${title}\n`);
  if (code !== 0) process.exitCode = 1;
}
