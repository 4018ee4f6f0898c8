import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseGraph } from './read-graph.ts';

const command = resolve(import.meta.dirname, 'command.ts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-cascade-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const cascade = (text: string, ...args: string[]) => {
  const file = join(folder, 'graph.yaml');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--graph', file, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.replaceAll(folder, '') };
};

const good = `assets:
  - { id: mains, name: Mains power }
  - { id: fridge, name: Fridge }
dependencies:
  - { of: fridge, effect: warm, on: [mains], probability: 0.5, buffer: 90 min }
`;

describe('the command', () => {
  test('tells what follows, in JSON and in words, and the same again', () => {
    const asked = cascade(good, '--fail', 'mains', '--json', '--seed', '7');
    expect(asked.status).toBe(0);
    const report = JSON.parse(asked.stdout);
    expect(report).toMatchObject({ method: 'exact', seed: 7, effects: [{ asset: 'fridge', chance: 0.5 }] });
    expect(cascade(good, '--fail', 'mains', '--json', '--seed', '7').stdout).toBe(asked.stdout);
    expect(cascade(good, '--fail', 'mains').stdout).toContain('50 %  Fridge gets too warm after 90 min');
    const changed = cascade(good, '--fail', 'mains', '--json', '--what-if', 'cut:mains>fridge');
    expect(JSON.parse(changed.stdout)).toMatchObject({ after: { effects: [] } });
  });

  test.each([
    [['--fail', 'moon'], 'there is no asset "moon"'],
    [['--fail', 'mains:melted'], 'there is no effect "melted"'],
    [[], 'needs --fail ASSET'],
    [['--fail', 'mains', '--what-if', 'hope:mains'], '"hope:mains" is none of'],
    [['--fail', 'mains', '--what-if', 'ups:fridge=soon'], 'expected a duration'],
    [['--fail', 'mains', '--seed', '-'], '--seed takes a whole number'],
    [['--fail', 'mains', '--samples', '1000000000'], '--samples takes a whole number'],
  ])('%j is refused in a line', (args, message) => {
    const { status, stderr } = cascade(good, ...args);
    expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 1, lines: 1 });
    expect(stderr).toContain(message);
  });

  test('a file that is wrong is told by line and key', () => {
    const { status, stderr } = cascade(`${good}  - { of: cellar, on: [mains] }\n`, '--fail', 'mains');
    expect(status).toBe(2);
    expect(stderr.trim()).toBe(
      'gatehouse cascade: /graph.yaml:6 dependencies[1].of: there is no asset "cellar"',
    );
  });
});

const problemOf = (text: string): string => {
  try {
    parseGraph(text, 'graph.yaml');
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  return 'was taken';
};
const ab = 'assets: [{ id: a }, { id: b }]\n';

test.each([
  [
    `${ab}dependencies:\n  - { of: b, on: [a], probability: 1.5 }`,
    /^graph\.yaml:3 dependencies\[0\]\.probability: /,
  ],
  [
    `${ab}dependencies:\n  - { of: b, on: [a], delay: 5 }`,
    /^graph\.yaml:3 dependencies\[0\]\.delay: expected 30 min/,
  ],
  [`${ab}dependencies:\n  - { of: b, on: [a], buffer: 5 minutes }`, /dependencies\[0\]\.buffer: expected/],
  [`${ab}dependencies:\n  - { of: b, on: [a, a] }`, /dependencies\[0\]\.on\[1\]: "a" is named twice/],
  [`${ab}dependencies:\n  - { of: b, on: [b] }`, /"b" would depend on itself/],
  [`${ab}dependencies:\n  - { of: b, on: [a], needed: 2 }`, /dependencies\[0\]\.needed: 2 are needed of 1/],
  [`${ab}dependencies:\n  - { of: b, on: [a], effect: sad }`, /dependencies\[0\]\.effect: "sad" is neither/],
  [
    `${ab}dependencies:\n  - { of: b, on: [a], weight: 3 }`,
    /dependencies\[0\]\.weight: there is no such key/,
  ],
  ['assets: [{ id: a }, { id: a }]', /assets\[1\]\.id: "a" is already taken/],
  [
    `${ab}services:\n  - { id: s, needs: [{ asset: c }] }`,
    /services\[0\]\.needs\[0\]\.asset: there is no asset "c"/,
  ],
  [
    `${ab}services:\n  - { id: s, dependsOn: [{ service: t, share: 1 }] }\n  - { id: t, dependsOn: [{ service: s, share: 1 }] }`,
    /services: services lose more and more by one another/,
  ],
  [
    `${ab}mitigations:\n  - { id: m, name: M, acts: [{ of: b, effectiveness: 1 }] }`,
    /acts\[0\]: there is no such dependency/,
  ],
  ['assets: [', /^graph\.yaml:1/],
  ['', /^graph\.yaml:1: /],
  [`horizon: 90 d\n${ab}`, /horizon: at most 31 d/],
])('%j is refused, by line and key', (text, message) => {
  expect(problemOf(text)).toMatch(message);
});

test('what is written in JSON and in YAML is the same', () => {
  const yaml = parseGraph(good, 'graph.yaml');
  const json = `{"assets":[{"id":"mains","name":"Mains power"},{"id":"fridge","name":"Fridge"}],
    "dependencies":[{"of":"fridge","effect":"warm","on":["mains"],"probability":0.5,"buffer":"90 min"}]}`;
  expect(parseGraph(json, 'graph.json')).toEqual(yaml);
  expect(problemOf('{"assets":[{"id":"a"}],\n"dependencies":[{"of":"b","on":["a"]}]}')).toContain(
    'graph.yaml:2 dependencies[0].of',
  );
});
