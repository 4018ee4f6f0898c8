/// <reference types="node" />
/** What a browser loads before the desk is usable. `node dashboards/script-size.bench.ts`, after a build. */
import { join } from 'node:path';
import { gzipBytes, scriptsAtOnce } from './at-once.ts';

/** Goal: a desk that opens at once on a phone. */
const GOAL_KILOBYTES = 60;

const folder = join(import.meta.dirname, 'dist', 'desk');
const scripts = scriptsAtOnce(folder);
const kilobytes = gzipBytes(folder, scripts) / 1_000;
console.log(`${kilobytes.toFixed(1)} kB gzip in ${scripts.length} files (goal at most ${GOAL_KILOBYTES} kB)`);
console.log(`  ratio ${(kilobytes / GOAL_KILOBYTES).toFixed(2)}`);
