import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attackOf } from './rule.ts';
import { ruleSetOf } from './rule-set.ts';

const rule = (detection: string, over = '') =>
  `title: t\nlogsource: {category: x}\n${over}\ndetection: ${detection}`;
const errorsOf = (text: string) => ruleSetOf([{ file: 'x.yml', text }]).failed.map(({ error }) => error);

describe('what is wrong is said with its key', () => {
  test.each([
    [rule('{s: {a|foo: 1}, condition: s}'), 'detection.s.a|foo: there is no modifier "foo"'],
    [rule('{s: {a: 1}, condition: s and t}'), 'detection.condition: there is no search "t"'],
    [rule('{s: {a: 1}, condition: (s}'), 'detection.condition: a bracket is not closed'],
    [rule('{s: {a: 1}, condition: 1 of f_*}'), 'detection.condition: no search is called "f_*"'],
    [
      rule('{s: {a: 1}, condition: s | count() > 5}'),
      'detection.condition: aggregations behind "|" are no longer part of Sigma; use a correlation',
    ],
    [rule('{s: {a: 1}}'), 'detection.condition: is missing'],
    [rule('{s: {a: []}, condition: s}'), 'detection.s.a: a list without values'],
    [
      rule('{s: {a: {b: 1}}, condition: s}'),
      'detection.s.a: expected a text, a number, true, false or null, not a mapping',
    ],
    [
      rule('{s: {a|cidr: 10.0.0.0/33}, condition: s}'),
      'detection.s.a|cidr: "10.0.0.0/33" is not a network such as 10.0.0.0/8 or fe80::/10',
    ],
    [rule('{s: {a|gt: many}, condition: s}'), 'detection.s.a|gt: expected a number, not "many"'],
    [rule('{s: {a|exists: maybe}, condition: s}'), 'detection.s.a|exists: exists takes true or false'],
    [rule('{s: {a|re|cidr: x}, condition: s}'), 'detection.s.a|re|cidr: re and cidr do not go together'],
    [rule('{s: {a|i: x}, condition: s}'), 'detection.s.a|i: i, m and s belong to re'],
    [rule("{s: {a|base64: 'x*'}, condition: s}"), 'detection.s.a|base64: base64 takes no wildcards'],
    [
      rule(`{s: {a|windash: '${' -a'.repeat(9)}'}, condition: s}`),
      'detection.s.a|windash: windash gives more than 10000 values',
    ],
    [
      rule('{s: {a: 1}, condition: s}', 'level: urgent'),
      'level: "urgent" is not one of informational, low, medium, high, critical',
    ],
    ['logsource: {}\ndetection: {}', 'title: is missing'],
    ['title: t\ndetection: {s: {a: 1}, condition: s}', 'logsource: is missing'],
    ['- a\n- b', 'expected a mapping, not a list'],
    [
      'title: t\ncorrelation: {type: event_count, rules: [a], timespan: 5x, condition: {gte: 1}}',
      'correlation.timespan: "5x" is not a number and s, m, h or d',
    ],
    [
      'title: t\ncorrelation: {type: counting, rules: [a]}',
      'correlation.type: "counting" is not one of event_count, value_count, value_sum, value_avg, value_min, value_max, value_median, value_percentile, temporal, temporal_ordered',
    ],
    [
      'title: t\ncorrelation: {type: value_count, rules: [a], timespan: 5m, condition: {gte: 1}}',
      'correlation.condition.field: is missing',
    ],
    [
      'title: t\ncorrelation: {type: event_count, rules: [a], timespan: 5m, condition: {above: 1}}',
      'correlation.condition.above: is not one of gt, gte, lt, lte, eq, neq, field, percentile',
    ],
    [
      'title: t\ncorrelation: {type: temporal, rules: [a], timespan: 5m}',
      'correlation.rules: there is no rule "a"',
    ],
    [
      'title: t\nid: c\ncorrelation: {type: temporal, rules: [c], timespan: 5m}',
      'correlation.rules: "c" can\'t be used',
    ],
    [
      'title: t\nlogsource: {}\nfilter: {rules: [nobody], s: {a: 1}, condition: not s}',
      'filter.rules: there is no rule "nobody"',
    ],
  ])('%s', (text, expected) => {
    expect(errorsOf(text)).toContain(expected);
  });

  test('a bad document takes neither its neighbours nor other files with it', () => {
    const good = rule('{s: {a: 1}, condition: s}');
    const { rules, loaded, failed, detections } = ruleSetOf([
      { file: 'one.yml', text: `${good}\n---\ntitle: [\n` },
      { file: 'two.yml', text: good },
      { file: 'three.yml', text: `${good}\nid: same\n---\n${good}\nid: same` },
    ]);
    expect({ rules, loaded, found: detections.length }).toEqual({ rules: 5, loaded: 3, found: 3 });
    expect(failed[0]?.file).toBe('one.yml');
    expect(failed[0]?.error).toMatch(/^document 2: /);
    expect(failed[1]).toEqual({ file: 'three.yml', error: 'document 2: id: is already taken by three.yml' });
  });
});

test('collections of Sigma 1: global, repeat and reset', () => {
  const { detections, failed } = ruleSetOf([
    {
      file: 'x.yml',
      text: `action: global
title: shared
logsource: {product: linux}
detection: {condition: s}
---
id: one
detection: {s: {a: 1}}
---
action: repeat
id: two
detection: {s: {a: 2}}
---
action: reset
---
id: three
detection: {s: {a: 3}, condition: s}`,
    },
  ]);
  expect(detections.map(({ id, title, logsource }) => ({ id, title, logsource }))).toEqual([
    { id: 'one', title: 'shared', logsource: { product: 'linux' } },
    { id: 'two', title: 'shared', logsource: { product: 'linux' } },
  ]);
  expect(failed.map(({ error }) => error)).toEqual(['document 5: title: is missing']);
});

test('a rule that serves a correlation does not tell by itself, unless the correlation says so', () => {
  const own = (generate: string) =>
    ruleSetOf([
      {
        file: 'x.yml',
        text: `${rule('{s: {a: 1}, condition: s}', 'name: a')}\n---\ntitle: c\nid: c\n${generate}\ncorrelation: {type: event_count, rules: [a], group-by: [u], timespan: 5m, condition: {gte: 2}}`,
      },
    ]).silent;
  expect([...own('')]).toEqual(['a']);
  expect([...own('generate: true')]).toEqual([]);
});

test('ATT&CK: the first technique, else the tactic', () => {
  expect(attackOf(['attack.credential-access', 'attack.t1110.001', 'cve.2024-1'])).toBe('T1110.001');
  expect(attackOf(['attack.credential_access'])).toBe('TA0006');
  expect(attackOf(['car.2013'])).toBeUndefined();
});

describe('the command', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-sigma-'));
    mkdirSync(join(folder, 'below'));
    writeFileSync(
      join(folder, 'below', 'rules.yml'),
      `title: Forced door
name: forced
logsource: {category: physical}
detection: {s: {kind: door.alarm-started}, condition: s}
---
title: Log-in
id: login
name: login
logsource: {category: authentication}
detection: {s: {kind: login.succeeded}, condition: s}
---
title: Log-in behind a forced door
id: both
level: critical
generate: true
correlation: {type: temporal_ordered, rules: [forced, login], group-by: [site], timespan: 10m}`,
    );
    writeFileSync(
      join(folder, 'bad.yaml'),
      'title: bad\nlogsource: {}\ndetection: {s: {a|x: 1}, condition: s}',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const sigma = (args: string[], input = '') =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'command.ts'), ...args], {
      input,
      encoding: 'utf8',
    });

  test('check prints what was loaded and what failed', () => {
    const { stdout, status } = sigma(['check', folder]);
    expect(JSON.parse(stdout)).toEqual({
      files: 2,
      rules: 4,
      loaded: 3,
      failed: [{ file: 'bad.yaml', error: 'detection.s.a|x: there is no modifier "x"' }],
    });
    expect(status).toBe(2);
  });

  test('run prints a line a match; a physical and a cyber event are joined', () => {
    const events = [
      { observedAt: 100_000, site: 'linden', kind: 'login.succeeded' },
      { observedAt: 50_000, site: 'linden', kind: 'door.alarm-started' },
      { observedAt: 60_000, site: 'elsewhere', kind: 'login.succeeded' },
    ];
    const { stdout, stderr, status } = sigma(
      ['run', '--rules', folder],
      events.map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { event: 0, rule: 'login', title: 'Log-in', level: 'medium' },
      { event: 1, rule: 'forced', title: 'Forced door', level: 'medium' },
      { event: 2, rule: 'login', title: 'Log-in', level: 'medium' },
      { event: 0, rule: 'both', title: 'Log-in behind a forced door', level: 'critical' },
    ]);
    expect(stderr).toContain('bad.yaml: detection.s.a|x');
    expect(status).toBe(2);
  });

  test('absence is told where the window ended before the events did', () => {
    writeFileSync(
      join(folder, 'below', 'rules.yml'),
      `title: Heartbeat
name: heartbeat
logsource: {category: x}
detection: {s: {kind: beat}, condition: s}
---
title: Silence
id: silence
correlation: {type: event_count, rules: [heartbeat], group-by: [site], timespan: 10s, condition: {eq: 0}}`,
    );
    const events = [0, 5_000, 30_000, 35_000].map((observedAt) => ({
      observedAt,
      site: 'linden',
      kind: 'beat',
    }));
    const { stdout } = sigma(
      ['run', '--rules', join(folder, 'below')],
      events.map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(JSON.parse(stdout)).toEqual({ event: 1, rule: 'silence', title: 'Silence', level: 'medium' });
  });

  test('only the rules of a logsource; a line that is no event is named and the next one comes', () => {
    const { stdout, stderr } = sigma(
      ['run', '--rules', join(folder, 'below'), '--logsource', 'category=physical'],
      'nonsense\n{"kind":"login.succeeded"}\n{"kind":"door.alarm-started"}\n',
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ event: 2, rule: 'forced', title: 'Forced door', level: 'medium' }]);
    expect(stderr).toContain('line 0:');
    expect(sigma(['run', '--rules', folder, '--logsource', 'colour=red']).status).toBe(1);
  });
});
