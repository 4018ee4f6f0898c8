import { describe, expect, test } from 'vitest';
import { correlate } from './correlator.ts';
import { explain, splitsOf } from './explain.ts';
import { NIGHT, noise, sampleRegistry, story } from './sample-site.ts';
import type { Correlated } from './traits.ts';

const ids = (detections: readonly Correlated[]) => detections.map(({ id }) => id);
const all = [...noise, ...story];

describe('the night of the break-in', () => {
  const incidents = correlate(all, sampleRegistry);
  const first = incidents[0];

  test('is one incident with its seven detections and none of the noise, at the top', () => {
    expect(first?.detections).toEqual(ids(story));
    expect(first?.severity).toBe('critical');
    expect(first?.first).toBe(NIGHT);
    for (const incident of incidents.slice(1)) {
      expect(ids(noise)).toEqual(expect.arrayContaining(incident.detections));
      expect(incident.priority).toBeLessThan((first?.priority ?? 0) / 2);
    }
  });

  test('holds every detection in exactly one incident', () => {
    expect(incidents.flatMap(({ detections }) => detections).sort()).toEqual(ids(all).sort());
  });

  test('says what happened, where, and how it began', () => {
    expect(first?.title).toBe(
      'Break-in at Linden Pharmacy: forced back door after log-in from a new address at the web shop',
    );
    expect(first?.identities).toEqual(['anna-weber']);
  });

  test('names the evidence of its links', () => {
    const reasons = first?.links.flatMap(({ evidence }) => evidence.map(({ because }) => because));
    expect(reasons).toContain('the intruder alarm, which guards the back door, was changed 14 min before');
    expect(reasons).toContain('both name the account of Dr. Anna Weber, 3 min apart');
    expect(reasons).toContain('the delivery entrance touches the store room, 60 s apart');
    expect(reasons).toContain('both happened in the store room, 2 min apart');
    expect(reasons).toContain('both name the address 203.0.113.7, 6 min apart');
    expect(first?.links).toHaveLength(story.length - 1);
  });

  test('is told in order, each step with its strongest link to an earlier one', () => {
    if (first === undefined) throw new Error('no incident');
    const steps = explain(first, all, sampleRegistry);
    expect(steps.map(({ detection, belongs }) => [detection, belongs?.to])).toEqual([
      ['s1', undefined],
      ['s2', 's1'],
      ['s3', 's2'],
      ['s4', 's3'],
      ['s5', 's4'],
      ['s6', 's5'],
      ['s7', 's6'],
    ]);
    for (const { belongs } of steps.slice(1)) expect(belongs?.because.join(' ')).toMatch(/^[A-Z].*\.$/);
  });

  test('says what would split it', () => {
    if (first === undefined) throw new Error('no incident');
    const splits = splitsOf(first, all, sampleRegistry);
    const guard = splits.find(({ link }) => link.a === 's3' && link.b === 's4');
    expect(guard?.without).toEqual(['s1', 's2', 's3']);
    expect(guard?.because).toBe('Without this link 3 detections would be an incident apart.');
  });
});
