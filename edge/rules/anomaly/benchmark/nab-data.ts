/** The benchmark's files as they are published: folders of `timestamp,value`, and `combined_windows.json`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseRow } from '../csv-row.ts';
import type { LabelledWindow } from './nab-score.ts';

const LABELS = 'combined_windows.json';
const labels = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

export interface LabelledFile {
  /** `realTweets/Twitter_volume_IBM.csv` */
  readonly name: string;
  /** Milliseconds since 1970, the times taken as UTC. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly windows: readonly LabelledWindow[];
}

/** Whether the benchmark lies in this folder. */
export const hasBenchmark = (folder: string): boolean => existsSync(join(folder, LABELS));

/** @throws Error naming the file, and the line, that could not be read */
export function readBenchmark(folder: string): LabelledFile[] {
  const windowsByFile = labels.parse(JSON.parse(readFileSync(join(folder, LABELS), 'utf8')));
  return Object.entries(windowsByFile).map(([name, windows]) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const times: number[] = [];
    const values: number[] = [];
    text.split('\n').forEach((line, index) => {
      if (index === 0 || line.trim() === '') return;
      const row = parseRow(line);
      if ('problem' in row) throw new Error(`${name}:${index + 1}: ${row.column}: ${row.problem}`);
      times.push(row.at);
      values.push(row.value);
    });
    const rowAt = (stamp: string) => {
      const row = times.indexOf(Date.parse(`${stamp.replace(' ', 'T').slice(0, 19)}Z`));
      if (row < 0) throw new Error(`${LABELS}: ${name}: there is no row at ${stamp}`);
      return row;
    };
    return {
      name,
      times: Float64Array.from(times),
      values: Float64Array.from(values),
      windows: windows.map(([first, last]) => ({ first: rowAt(first), last: rowAt(last) })),
    };
  });
}
