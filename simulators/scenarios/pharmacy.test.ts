import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPilotStage, type PilotStage } from '../stage/pilot-stage.ts';
import { DeskClient, type DeskPage } from './desk-client.ts';
import { pharmacy } from './pharmacy.ts';
import { DETECTED_WITHIN_MS, type Score, scoreText } from './score.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pharmacy-'));
const ending = new AbortController();
/** Twenty minutes of story in less than one. */
const SPEED = 25;
/** A Monday morning in Berlin. */
const ORIGIN = Date.parse('2026-11-23T09:40:00+01:00');

let stage: PilotStage;
let score: Score;
let told: DeskPage[];

beforeAll(async () => {
  stage = await openPilotStage(
    {
      pilots: [pharmacy],
      folder: join(folder, 'run'),
      port: 0,
      speed: SPEED,
      originMs: ORIGIN,
      seed: 7,
      say: () => {},
    },
    ending.signal,
  );
  score = await stage.tell('pharmacy');
  const desk = new DeskClient(stage.desk.url);
  await desk.signIn(stage.desk.name, stage.desk.password);
  told = await desk.pages();
}, 300_000);

afterAll(async () => {
  await stage?.stop();
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
});

const raid = () => score.incidents[0];
const raidTold = () => told.find(({ summary }) => summary.id === raid()?.told?.id);
const others = () => told.filter((page) => page !== raidTold());
const lines = (pages: readonly DeskPage[]) => [
  ...new Set(
    pages.flatMap(({ story }) =>
      story.map(({ detection }) => `${detection.site ?? ''} ${detection.rule} ${detection.assets[0] ?? ''}`),
    ),
  ),
];

describe('a raid on the cold chain, told over real wires', () => {
  test('is one incident with every step and nothing else', () => {
    expect(score.shortfalls, scoreText(score)).toEqual([]);
    expect(raid()?.steps.map(({ id, rules }) => [id, rules.length > 0])).toEqual(
      pharmacy.truth.steps.map(({ id }) => [id, true]),
    );
    expect(raid()?.purity).toBe(1);
    expect(raidTold()?.summary.worlds.toSorted()).toEqual(['cyber', 'physical']);
    expect(raidTold()?.summary.sites.map(({ id }) => id)).toEqual(['clinic']);
  });

  test('is told within a minute of the first hand-over that nobody vouches for', () => {
    expect(raid()?.detectMs).toBeLessThanOrEqual(DETECTED_WITHIN_MS);
  });

  test('stands above everything else', () => {
    expect(raid()?.told?.rank).toBe(1);
  });

  test('says of each part but the first why it belongs', () => {
    const [first, ...rest] = raidTold()?.story ?? [];
    expect(first?.belongs).toBeUndefined();
    expect(rest.length).toBeGreaterThanOrEqual(pharmacy.truth.steps.length - 1);
    for (const { detection, belongs } of rest)
      expect(belongs?.because.length, `${detection.rule} says why`).toBeGreaterThan(0);
  });

  test('leaves alone what is noise: it is seen, and stands apart', () => {
    expect(lines(others())).toContain('clinic held-open clinic-goods-door');
    expect(lines(others())).toContain('clinic suricata:1000900 clinic-plant-network');
    expect(lines(others())).toContain('mill access-denied-burst mill-reader');
    expect(
      others().flatMap(({ story }) => story.filter(({ detection }) => detection.site === 'mill')),
    ).not.toEqual([]);
  });

  test('the real courier, the defrost and the people at work raise nothing', () => {
    expect(
      lines(others()).filter((line) => !/ held-open | access-denied-burst | suricata:1000900 /.test(line)),
    ).toEqual([]);
  });
});
