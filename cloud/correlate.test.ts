import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incident } from '../devices/model/incident.ts';
import { noise, sampleDocument, story } from './correlation/sample-site.ts';

let folder = '';
let registry = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'correlate-'));
  registry = join(folder, 'registry.json');
  writeFileSync(registry, JSON.stringify(sampleDocument));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function correlate(arguments_: string[], input: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'correlate.ts'), ...arguments_]);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output, errors, code };
}

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const parsed = (output: string) =>
  output
    .trimEnd()
    .split('\n')
    .map((line) => incident.parse(JSON.parse(line)));

describe('the correlate command', () => {
  test('writes the break-in first, one incident a line, with exactly the keys of the format', async () => {
    const { output, errors, code } = await correlate(['--registry', registry], lines([...noise, ...story]));
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    const incidents = parsed(output);
    expect(incidents[0]?.detections).toEqual(story.map(({ id }) => id));
    for (const line of output.trimEnd().split('\n'))
      expect(Object.keys(JSON.parse(line)).filter((key) => key !== 'effect')).toEqual(
        'id title first last severity priority detections assets identities links'.split(' '),
      );
    // Only what breaks something says what it breaks.
    expect(incidents.map((one) => 'effect' in one)).toContain(false);
  });

  test('gives the same bytes whatever the order of the lines', async () => {
    const one = await correlate(['--registry', registry], lines([...story, ...noise]));
    const other = await correlate(['--registry', registry], lines([...noise, ...story].reverse()));
    expect(other.output).toBe(one.output);
  });

  test('names bad lines, reads the rest, and says so with its exit code', async () => {
    const input = `${lines(story.slice(0, 1))}{"id":\n\n{"id":"x","at":"now"}\n${lines(story.slice(1))}`;
    const { output, errors, code } = await correlate(['--registry', registry], input);
    expect(code).toBe(2);
    expect(errors).toContain('line 2: not JSON');
    expect(errors).toContain('line 4: at: expected whole milliseconds');
    expect(parsed(output)[0]?.detections).toHaveLength(story.length);
  });

  test('leaves out repeats silently, names those that changed, and takes the same of them in every order', async () => {
    const changed = { ...story[3], severity: 'low' };
    const one = await correlate([], lines([...story, ...story, changed]));
    expect(one.code).toBe(2);
    expect(one.errors).toBe('correlate: line 15: "s4" was there before and said something else\n');
    const other = await correlate([], lines([changed, ...story]));
    expect(other.output).toBe(one.output);
  });

  test('works without a registry, on an empty input and on a last line without an end', async () => {
    expect(await correlate([], '')).toEqual({ output: '', errors: '', code: 0 });
    const { output, code } = await correlate([], lines(story).trimEnd());
    expect(code).toBe(0);
    expect(parsed(output).map(({ detections }) => detections)).toContainEqual(['s1', 's2', 's3']);
  });

  test('explains itself, and says what is wrong with its arguments and its registry', async () => {
    const help = await correlate(['--help'], '');
    expect(help.code).toBe(0);
    expect(help.output).toContain('--registry FILE');
    expect(await correlate(['--registry', join(folder, 'none.yaml')], '')).toMatchObject({
      code: 1,
      output: '',
    });
    expect((await correlate(['--color'], '')).code).toBe(1);
    const broken = join(folder, 'broken.yaml');
    writeFileSync(
      broken,
      'sites: [{ id: linden, name: Linden }]\nzones: [{ id: z, site: nowhere, name: Z }]\n',
    );
    const refused = await correlate(['--registry', broken], '');
    expect(refused).toMatchObject({ code: 1, output: '' });
    expect(refused.errors).toContain('there is no site "nowhere"');
  });
});

describe('scoring labelled alerts', () => {
  const HOUR_SECONDS = 3_600;
  const FIRST = 1_700_000_000;
  const row = (seconds: number, name: string, host: string, label: string) =>
    `${FIRST + seconds},${name},10.0.0.1,${host},short,${label},${label}`;

  /** Two days of the same every hour; then three things on two hosts that nobody ever saw, one of them twice. */
  const corpus = [
    'time,name,ip,host,short,time_label,event_label',
    ...Array.from({ length: 48 }, (_, hour) => row(hour * HOUR_SECONDS, 'Watch: update', 'mail', '-')),
    row(40 * HOUR_SECONDS + 60, 'Watch: update, delayed', 'web', 'scan'),
    row(40 * HOUR_SECONDS + 90, 'Watch: update, delayed', 'web', 'scan'),
    row(40 * HOUR_SECONDS + 240, 'Audit: rights gained', 'web', 'elevation'),
    row(40 * HOUR_SECONDS + 900, 'Audit: service stopped', 'share', '-'),
  ];

  test('finds the steps in the first incident, and names what is missing, impure or out of order', async () => {
    const scenarios = join(folder, 'scenarios');
    mkdirSync(scenarios);
    writeFileSync(join(scenarios, 'one.csv.gz'), gzipSync(`${corpus.join('\n')}\n`));
    writeFileSync(join(scenarios, 'phases.csv'), 'scenario,phase\none,scan\n');
    const { output, code } = await correlate(['score', scenarios], '');
    expect(code).toBe(0);
    const [one, all, ...more] = output
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ scenario: 'one', found: 2, of: 2, missing: [], misplaced: 0 });
    expect(one).toMatchObject({ top: [{ detections: 4, attack: 3, steps: ['scan', 'elevation'] }, {}, {}] });
    expect(all).toMatchObject({ scenarios: 1, steps: 1, firstReal: 1, ordered: 1 });
  });

  test('says what is wrong with a folder, a line, or an argument', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect((await correlate(['score', empty], '')).errors).toContain('no .csv or .csv.gz with the columns');
    writeFileSync(join(empty, 'bad.csv'), `${corpus[0]}\nsoon,a,b,c,d,e,f\n`);
    expect((await correlate(['score', empty], '')).errors).toContain('bad.csv: line 2: expected time,name');
    expect((await correlate(['scores', empty], '')).errors).toContain('cannot make sense of "scores');
  });
});
