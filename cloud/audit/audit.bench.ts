/** Measures the audit trail: entries on disk under a signed checkpoint, by size of batch; then checking all of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf } from './entry.ts';
import { noteSigner } from './note.ts';
import { TileLog } from './tile-log.ts';
import { verifyFolder } from './verify-folder.ts';

const ENTRIES = 40_000;
const MAX_BATCHES = 20;
const directory = mkdtempSync(join(tmpdir(), 'audit-bench-'));
const folder = join(directory, 'audit');
const signer = noteSigner('bench.example/audit', join(directory, 'key.pem'));
const log = await TileLog.open({ folder, signer });
writeFileSync(join(folder, 'key'), signer.text);
const entry = (number: number) =>
  bytesOf({
    version: 1,
    number,
    change: number,
    writtenAt: 1_800_000_000_000,
    body: {
      type: 'acted',
      at: 1_800_000_000_000,
      by: 'mia',
      from: '192.0.2.1',
      action: 'incident.note',
      about: `incident-${number}`,
    },
  });
for (const size of [10, 100, 1_000, 5_000]) {
  const batches = Math.min(MAX_BATCHES, Math.ceil(ENTRIES / size));
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const from = log.checkpoint.size;
    await log.append(Array.from({ length: size }, (_, at) => entry(from + at)));
  }
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const count = batches * size;
  console.log(
    `batches of ${size}: ${Math.round((count / ms) * 1_000)} entries/s, ${(ms / batches).toFixed(1)} ms a batch, ${((user + system) / count).toFixed(1)} µs of processor an entry`,
  );
}
const started = performance.now();
const { state, size } = await verifyFolder(folder);
console.log(`checked: ${state}, ${size} entries in ${Math.round(performance.now() - started)} ms`);
rmSync(directory, { recursive: true });
