import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Observation, ObservationKind } from '../devices/model/observation.ts';
import { recordedIn } from './replay.ts';
import { replay } from './replayed-site.ts';
import { everyRule, ruleConfigurations } from './rules/configuration.ts';
import { sampleRegistry, sampleSiteId } from './rules/sample-site.ts';

const noon = Date.parse('2026-11-23T12:00+01:00');
const night = Date.parse('2026-11-23T23:00+01:00');

const seen = (
  kind: ObservationKind,
  asset: string,
  at: number,
  more: Partial<Observation> = {},
): Observation => ({
  id: `gateway-1/epoch001/${at}-${asset}`,
  kind,
  asset,
  site: sampleSiteId,
  source: 'test',
  observedAt: at,
  receivedAt: at,
  clock: 'set',
  ...more,
});
const options = { site: sampleSiteId, registry: sampleRegistry, rules: everyRule() };
const raised = (observations: Observation[], until?: number) =>
  [...replay(observations, { ...options, ...(until !== undefined && { until }) })].map(
    ({ rule, at, severity }) => `${rule} +${at - (observations[0]?.observedAt ?? 0)} ${severity}`,
  );

describe('a replay', () => {
  test('lets time pass as it passed then: timers between observations, opening hours, arming', () => {
    expect(
      raised([
        seen('alarm.armed', 'panel-1', night, { facts: { mode: 'away' } }),
        seen('door.opened', 'door-back', night + 10_000),
        seen('motion.started', 'motion-store', night + 300_000),
      ]),
    ).toEqual([
      'opened-after-hours +10000 high',
      'forced-open +10000 critical',
      'held-open +55000 low',
      'held-open +100000 medium',
      'motion-while-armed +300000 high',
    ]);
  });

  test('stops with the recording, or runs on for as long as it is told', () => {
    const opened = [seen('door.opened', 'fridge-1', noon)];
    expect(raised(opened)).toEqual([]);
    expect(raised(opened, noon + 60_000)).toEqual(['held-open +45000 low']);
  });

  test('asks what other rules would have said', () => {
    const observations = [seen('door.opened', 'fridge-1', noon)];
    const rules = ruleConfigurations.parse([{ rule: 'held-open', preAlarmMs: 1_000, severity: 'critical' }]);
    const made = [...replay(observations, { ...options, rules, until: noon + 2_000 })];
    expect(made).toMatchObject([{ rule: 'held-open', severity: 'critical', at: noon + 1_000 }]);
  });

  test('gives the same twice', () => {
    const observations = [
      seen('door.opened', 'door-back', night),
      seen('temperature.measured', 'fridge-1', night + 1, { value: 12 }),
      seen('temperature.measured', 'fridge-1', night + 4_000_000, { value: 5 }),
    ];
    const first = [...replay(observations, options)];
    expect(first.length).toBeGreaterThan(4);
    expect([...replay(observations, options)]).toEqual(first);
  });

  test('leaves other sites out', () => {
    expect(raised([seen('door.opened', 'door-back', night, { site: 'elsewhere' })])).toEqual([]);
  });
});

describe('a line', () => {
  const good = seen('door.opened', 'door-back', noon);
  test('is an observation, or a record that carries one, or said to be neither', () => {
    expect(recordedIn(JSON.stringify(good))).toEqual({ type: 'observation', observation: good });
    const record = { sequence: 1, after: 0, at: noon, body: { type: 'observation', observation: good } };
    expect(recordedIn(JSON.stringify(record))).toEqual({ type: 'observation', observation: good });
    expect(recordedIn(JSON.stringify({ ...record, body: { type: 'report', report: {} } }))).toBeUndefined();
    expect(recordedIn('{"kind":')).toBe('is not JSON');
    expect(recordedIn(JSON.stringify({ ...good, kind: 'door.melted' }))).toMatch(/^kind: /);
    expect(recordedIn(`"${'x'.repeat(2_000_000)}"`)).toMatch(/^longer than/);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, value: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, stringify(value));
    return path;
  };
  const registry = file('registry.yaml', sampleRegistry.document);

  const run = (args: string[], input: string) =>
    new Promise<{ code: number | null; out: string; complaints: string }>((resolve) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'replay.ts'), ...args]);
      let out = '';
      let complaints = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (complaints += chunk));
      child.on('close', (code) => resolve({ code, out, complaints }));
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });

  test('reads lines, writes detections, names what it left out', async () => {
    const lines = [
      JSON.stringify(seen('door.opened', 'door-back', night)),
      'door opened, I think',
      '',
      JSON.stringify(seen('door.closed', 'door-back', night + 5_000)),
    ];
    const rules = file('rules.yaml', [{ rule: 'forced-open' }]);
    const { code, out, complaints } = await run(
      ['--registry', registry, '--site', sampleSiteId, '--rules', rules],
      lines.join('\n'),
    );
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ rule: 'forced-open', at: night }]);
    expect(complaints).toBe('line 2: is not JSON\n1 of 4 lines were left out\n');
    expect(code).toBe(1);
  });

  test('takes site and rules from a gateway file, and runs on until it is told', async () => {
    const gateway = file('gateway.yaml', {
      gateway: { id: 'gateway-1', site: sampleSiteId, state: 'state' },
      rules: [{ rule: 'held-open', preAlarmMs: 1_000 }],
    });
    const { code, out } = await run(
      ['--registry', registry, '--gateway', gateway, '--until', new Date(noon + 2_000).toISOString()],
      JSON.stringify(seen('door.opened', 'door-back', noon)),
    );
    expect(out).toContain('"rule":"held-open"');
    expect(code).toBe(0);
  });

  test('does not begin with a wrong configuration, and says where it is wrong', async () => {
    const rules = file('wrong.yaml', { rules: [{ rule: 'held-open', preAlarm: 5 }] });
    const { code, out, complaints } = await run(
      ['--registry', registry, '--site', sampleSiteId, '--rules', rules],
      '',
    );
    expect([code, out]).toEqual([2, '']);
    expect(complaints).toContain(`${rules}:3 rules[0].preAlarm: there is no such key in held-open`);
    const nowhere = await run(['--registry', registry, '--site', 'nowhere'], '');
    expect(nowhere.complaints).toContain('there is no site "nowhere"');
    expect(nowhere.code).toBe(2);
  });
});
