// npm run check: format, lint, types and walls. With --write (npm run format) what can be mended is mended.
import { join } from 'node:path';
import { ensurePackages, pinnedNode, projectRoot, run } from './runtime.mjs';

await ensurePackages();
const node = pinnedNode();
const module = (...path) => join(projectRoot, 'node_modules', ...path);
// The platform's own package: the one that would choose it lists platforms that not every registry has.
const biome = module('@biomejs', `cli-${process.platform}-${process.arch}`, 'biome');
const steps = process.argv.includes('--write')
  ? [['format and lint', biome, ['check', '--write', '.']]]
  : [
      ['format and lint', biome, ['ci', '--colors=off', '--error-on-warnings', '.']],
      ['types', node, [module('typescript', 'bin', 'tsc'), '-p', '.']],
      ['types of the pages', node, [module('typescript', 'bin', 'tsc'), '-p', 'dashboards']],
      ['walls', node, [join(projectRoot, 'tools', 'walls.ts')]],
    ];
for (const [title, command, args] of steps) {
  const code = await run(command, args);
  process.stdout.write(`${code === 0 ? 'clean' : 'NOT clean'}: ${title}\n`);
  if (code !== 0) process.exitCode = 1;
}
