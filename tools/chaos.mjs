// npm run chaos -- simulate | kill | power: what durability rests on, tried again and again (docs/durability.md).
import { join } from 'node:path';
import { ensurePackages, pinnedNode, projectRoot, run, stop } from './runtime.mjs';

const ways = {
  simulate: {
    file: 'simulators/simulation/command.ts',
    says: 'the whole chain in one process: --seeds N --from S, or --seed X',
  },
  kill: { file: 'simulators/chaos/command.ts', says: 'real processes, kill -9: --count N --seed S' },
  power: {
    file: 'simulators/chaos/command.ts',
    says: 'real power cuts of a real disk, as root: --count N --seed S',
  },
};

const [name = '', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(ways, name)) {
  const list = Object.entries(ways).map(([way, { says }]) => `  ${way.padEnd(9)} ${says}`);
  stop(`npm run chaos -- <way>\n${list.join('\n')}`);
}
const { file } = ways[name];
await ensurePackages();
process.exitCode = await run(pinnedNode(), [
  join(projectRoot, file),
  ...(name === 'simulate' ? [] : [name]),
  ...rest,
]);
