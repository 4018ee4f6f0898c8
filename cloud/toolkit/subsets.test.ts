/** Any subset of the 19 tools is an installation: each starts, answers, and says of what is off that it is off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../devices/model/clock.ts';
import { apiError, sessionInfo } from '../api/answers.ts';
import { toolkitList } from '../api/toolkit-answers.ts';
import { startCloud } from '../cloud.ts';
import { type CloudConfiguration, readCloudConfiguration } from '../config.ts';
import { signIn, TestGateway, writeConfiguration } from '../testing.ts';
import { type ToolId, toolIds, toolkit, toolOfRoute } from './catalog.ts';
import { runningOf } from './running.ts';

/** What is there whatever is off. */
const ofTheHouse = [
  '/api/session',
  '/api/sign-in',
  '/api/account',
  '/api/accounts',
  '/api/invitations',
  '/api/personal-data',
  '/api/people',
  '/api/picture',
  '/api/pictures',
  '/api/stream',
  '/api/telemetry',
  '/api/scenarios',
  '/api/registry',
  '/api/gateways',
  '/api/reports',
  '/api/audit',
  '/api/quarantine',
  '/api/toolkit',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
];

test('of all 2^19 wishes each tool runs exactly where it is wanted and all that it needs runs', () => {
  const indexOf = new Map(toolIds.map((id, index) => [id, index]));
  const bits = (ids: readonly ToolId[]) => ids.reduce((sum, id) => sum | (1 << (indexOf.get(id) ?? 31)), 0);
  const needs = toolkit.map((tool) => bits(tool.needs));
  let wrong = 0;
  for (let wish = 0; wish < 1 << toolIds.length; wish++) {
    const states = [...runningOf((id) => ((wish >> (indexOf.get(id) ?? 31)) & 1) === 1).values()];
    let on = 0;
    states.forEach((state, index) => {
      if (state === 'on') on |= 1 << index;
    });
    states.forEach((state, index) => {
      const isWanted = ((wish >> index) & 1) === 1;
      const isServed = ((needs[index] ?? 0) & ~on) === 0;
      const isHeld = typeof state === 'object' && ((on >> (indexOf.get(state.heldBy) ?? 31)) & 1) === 0;
      if (!(isWanted ? (isServed ? state === 'on' : isHeld) : state === 'off')) wrong++;
    });
  }
  expect(wrong).toBe(0);
});

/**
 * Eight rows in which any two tools are both on, both off, and each on without the other (Kleitman and Spencer 1973):
 * a row of nothing, and as columns different words of seven bits with four ones.
 */
function pairwise(): ToolId[][] {
  const words = Array.from({ length: 128 }, (_, word) => word).filter(
    (word) => [...word.toString(2)].filter((bit) => bit === '1').length === 4,
  );
  return [
    [],
    ...Array.from({ length: 7 }, (_, row) =>
      toolIds.filter((_id, column) => (((words[column] ?? 0) >> row) & 1) === 1),
    ),
  ];
}

test('the rows cover every pair', () => {
  const rows = pairwise().map((on) => new Set(on));
  for (const one of toolIds)
    for (const other of toolIds)
      if (one < other) {
        const seen = new Set(rows.map((on) => `${on.has(one)} ${on.has(other)}`));
        expect([one, other, seen.size]).toEqual([one, other, 4]);
      }
});

let folder: string;
let configuration: CloudConfiguration;
/** What can be asked for without naming anything. */
let paths: string[] = [];
const logged: { level: number; msg: string }[] = [];
const log = pino({ level: 'error' }, { write: (line) => void logged.push(JSON.parse(line)) });
let lane: TestGateway['lane'] | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-toolkit-'));
  configuration = readCloudConfiguration(await writeConfiguration(folder));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts with these alone, lets a detection come in, asks for everything that `asked` says, and ends. */
async function startsWith(
  on: readonly ToolId[],
  asked: (tool: ToolId | undefined, path: string) => boolean = () => true,
): Promise<void> {
  // Of the rules of the house there are none in this installation: its monitor is left out.
  const isWanted = (id: ToolId) => on.includes(id) && id !== 'policy';
  const running = runningOf(isWanted);
  const isOn = (id: ToolId) => running.get(id) === 'on';
  const fatal: Error[] = [];
  const ending = new AbortController();
  const cloud = await startCloud(
    {
      configuration: { ...configuration, toolkit: { off: toolIds.filter((id) => !on.includes(id)) } },
      clock: systemClock,
      log,
      onFatal: (error) => void fatal.push(error),
    },
    ending.signal,
  );
  try {
    const address = `http://127.0.0.1:${cloud.ports.http}`;
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    const person = await signIn(address, 'administrator');
    const { toolsOff } = await person.read('/api/session', sessionInfo);
    expect(toolsOff).toEqual(toolIds.filter((id) => !isOn(id)));
    const { items } = await person.read('/api/toolkit', toolkitList);
    expect(items.map(({ id, enabled }) => [id, enabled])).toEqual(toolIds.map((id) => [id, isWanted(id)]));
    const gateway = new TestGateway(address, lane);
    ({ lane } = gateway);
    await gateway.send(gateway.detection(`detection ${detections++}`, Date.now()));
    if (paths.length === 0) {
      const read = await person.read('/openapi.json', openApi);
      paths = Object.keys(read.paths).filter(
        (path) => 'get' in (read.paths[path] ?? {}) && !/[{]|stream$|^.openapi/.test(path),
      );
    }
    for (const path of paths) {
      const tool = toolOfRoute(path);
      if (!asked(tool, path)) continue;
      const response = await person.get(path);
      const body = await response.text();
      if (tool === undefined || isOn(tool)) {
        expect(response.status, `${path} ${body}`).toBeLessThan(500);
        expect(body, path).not.toContain('tool-off');
        continue;
      }
      expect([path, response.status]).toEqual([path, 409]);
      const { code, message } = apiError.parse(JSON.parse(body)).error;
      expect(code).toBe('tool-off');
      expect(message).toMatch(
        /^".+" (is switched off in this installation|stands still: it needs ".+", which is switched off)\.$/,
      );
    }
    if (!isOn('awareness')) expect((await fetch(`${address}/learn/en/`)).status).toBe(404);
    expect([fatal, logged]).toEqual([[], []]);
  } finally {
    ending.abort();
    await cloud.done;
  }
}
let detections = 0;
const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

test.each([
  ['all', toolIds],
  ['none', []],
] as const)('with %s it starts', (_, on) => startsWith(on));
test.each(
  pairwise()
    .slice(1)
    .map((on, row) => [row, on] as const),
)('with row %i it starts', (_, on) =>
  // A search starts a thread of its own: once is enough.
  startsWith(on, (tool, path) => tool !== undefined && path !== '/api/hunt'),
);
test.each(toolIds)('without %s it starts', (id) =>
  startsWith(
    toolIds.filter((one) => one !== id),
    (tool) => tool === id,
  ),
);
test.each(toolIds)('with %s alone it starts', (id) => startsWith([id], (tool) => tool === id));

test('every route is of a tool or of the house, and every tool that has some has them', () => {
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => toolOfRoute(path) === undefined && !isOfTheHouse(path))).toEqual([]);
});

const isOfTheHouse = (path: string): boolean =>
  ofTheHouse.some((beginning) => path === beginning || path.startsWith(`${beginning}/`));
