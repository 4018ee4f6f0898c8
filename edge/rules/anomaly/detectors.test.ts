import { describe, expect, test } from 'vitest';
import { ChangePoint } from './change-point.ts';
import { ALERT_SCORE, type Detector, quantity, scoreOfBits, spanText } from './detector.ts';
import { DropOut } from './drop-out.ts';
import { LEARNED_WINDOWS, MAX_WORDS, MessageRate, WINDOW_MS } from './message-rate.ts';
import { RateOfChange } from './rate-of-change.ts';
import { quietDay } from './sample-series.ts';
import { SeasonalBaseline } from './seasonal-baseline.ts';
import { SnapshotError } from './state-block.ts';
import { StuckValue } from './stuck-value.ts';

const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
const feed = (detector: Detector, values: readonly number[], from = 0) =>
  values.map((value, index) => detector.sample((from + index) * FIVE_MINUTES, value));
const quiet = (count: number) => Array.from({ length: count }, (_, index) => quietDay(index));

describe('scores', () => {
  test('of bits are 0 for none, the working point at half, below 1 for many', () => {
    expect(scoreOfBits(0, 10)).toBe(0);
    expect(scoreOfBits(10, 10)).toBe(ALERT_SCORE);
    expect(scoreOfBits(20, 10)).toBe(0.75);
  });
  test('speak in words', () => {
    expect([quantity(3.1234, '°C'), quantity(1_234_567), quantity(0.004_217), quantity(0)]).toEqual([
      '3.1 °C',
      '1,234,567',
      '0.00422',
      '0',
    ]);
    expect([spanText(4 * 7 * 86_400_000), spanText(90 * MINUTE), spanText(800)]).toEqual([
      '4 weeks',
      '90 minutes',
      '1 second',
    ]);
  });
});

describe('the seasonal baseline', () => {
  test('finds what would be nothing at another hour, and says so', () => {
    const detector = new SeasonalBaseline();
    expect(Math.max(...feed(detector, quiet(8_064)))).toBe(0);
    expect(detector.sample(8_064 * FIVE_MINUTES, 22)).toBeGreaterThan(ALERT_SCORE);
    expect(detector.explanation('°C')?.text).toMatch(
      /^22 °C is 1\.\d °C above anything seen at this hour in 4 weeks$/,
    );
  });

  test('says nothing of an hour that it hardly knows', () => {
    const detector = new SeasonalBaseline();
    feed(detector, quiet(288));
    expect(detector.sample(288 * FIVE_MINUTES, 80)).toBe(0);
  });
});

describe('the change point', () => {
  const wobble = (index: number) => 5 + ((index * 7) % 11) / 10;
  const level = (count: number, plus = 0) =>
    Array.from({ length: count }, (_, index) => wobble(index) + plus);

  test('finds a small step that stays, says from where to where, and takes the new level for granted', () => {
    const detector = new ChangePoint();
    expect(Math.max(...feed(detector, level(400)))).toBeLessThan(ALERT_SCORE);
    const after = feed(detector, level(8, 1), 400);
    expect(after.findIndex((score) => score >= ALERT_SCORE)).toBe(7);
    expect(detector.explanation('°C')?.text).toBe(
      'it moved from about 5.5 °C to about 6.5 °C and has stayed there for 40 minutes',
    );
    expect(Math.max(...feed(detector, level(200, 1), 408))).toBeLessThan(ALERT_SCORE);
  });

  test('finds a step down too', () => {
    const detector = new ChangePoint();
    feed(detector, level(400));
    expect(Math.max(...feed(detector, level(9, -1), 400))).toBeGreaterThanOrEqual(ALERT_SCORE);
    expect(detector.explanation()?.side).toBe('below');
  });

  test('does not take one wild value for a change', () => {
    const detector = new ChangePoint();
    feed(detector, level(400));
    expect(detector.sample(400 * FIVE_MINUTES, 1_000)).toBeLessThan(ALERT_SCORE);
    expect(Math.max(...feed(detector, level(100), 401))).toBeLessThan(ALERT_SCORE);
  });
});

describe('the stuck value', () => {
  test('is one that stands still for three times as long as ever', () => {
    const detector = new StuckValue();
    feed(
      detector,
      Array.from({ length: 60 }, (_, index) => Math.floor(index / 5)),
    );
    const scores = feed(
      detector,
      Array.from({ length: 20 }, () => 99),
      60,
    );
    // The longest run lasted 25 minutes; it began to stand still at the first of these.
    expect(scores.findIndex((score) => score >= ALERT_SCORE)).toBe(15);
    expect(detector.explanation('%')?.text).toBe(
      'it has said 99 % for 95 minutes, 20 times in a row; never before for more than 25 minutes in 7 hours',
    );
  });

  test('is not one that has never changed, nor a run of a few', () => {
    expect(
      Math.max(
        ...feed(
          new StuckValue(),
          Array.from({ length: 500 }, () => 0),
        ),
      ),
    ).toBe(0);
    const detector = new StuckValue();
    feed(detector, quiet(100));
    expect(
      Math.max(
        ...feed(
          detector,
          Array.from({ length: 11 }, () => 5),
          100,
        ),
      ),
    ).toBe(0);
  });
});

describe('the rate of change', () => {
  test('alerts at twice the fastest step ever', () => {
    const detector = new RateOfChange();
    expect(Math.max(...feed(detector, quiet(600)))).toBeLessThan(ALERT_SCORE);
    const score = detector.sample(600 * FIVE_MINUTES, quietDay(600) + 4);
    expect(score).toBeGreaterThan(ALERT_SCORE);
    expect(detector.explanation('°C')?.text).toMatch(
      /^it rose by 3\.9 °C in 5 minutes, [\d.]+ times as fast as ever in 2 days$/,
    );
  });

  test('does not take two readings in quick succession for a leap', () => {
    const detector = new RateOfChange();
    feed(detector, quiet(600));
    expect(detector.sample(599 * FIVE_MINUTES + 10, quietDay(599) + 0.1)).toBe(0);
  });
});

describe('the drop-out', () => {
  test('is due four intervals after the last of regular readings', () => {
    const detector = new DropOut();
    feed(detector, quiet(10));
    expect(detector.dueAt).toBe(Number.POSITIVE_INFINITY);
    feed(detector, quiet(30), 10);
    expect(detector.dueAt).toBe((39 + 4) * FIVE_MINUTES);
    expect(detector.scoreAt(43 * FIVE_MINUTES)).toBe(ALERT_SCORE);
    expect(detector.explanation()?.text).toBe('no reading for 20 minutes; one comes about every 5 minutes');
  });

  test('learns from a device that keeps its own time', () => {
    const detector = new DropOut();
    let at = 0;
    for (let index = 0; index < 100; index++) {
      detector.sample(at);
      at += index % 10 === 9 ? 60 * MINUTE : MINUTE;
    }
    expect(detector.scoreAt(at + 30 * MINUTE)).toBeLessThan(ALERT_SCORE);
  });
});

describe('the messages of a device', () => {
  const talk = (windows: number) => {
    const detector = new MessageRate();
    let worst = 0;
    for (let window = 0; window < windows; window++)
      for (let each = 0; each < 4; each++)
        worst = Math.max(
          worst,
          detector.message(window * WINDOW_MS + each * MINUTE, each === 0 ? 'battery' : 'value'),
        );
    return { detector, worst, now: windows * WINDOW_MS };
  };

  test('are as usual, then three times as many', () => {
    const { detector, worst, now } = talk(LEARNED_WINDOWS + 50);
    expect(worst).toBe(0);
    const scores = Array.from({ length: 20 }, (_, index) => detector.message(now + index * 1_000, 'value'));
    expect(scores.findIndex((score) => score >= ALERT_SCORE)).toBe(11);
    expect(detector.explanation()?.text).toBe('20 messages within 5 minutes; at most 4 in 28 hours');
  });

  test('hold a word that it has never said', () => {
    const { detector, now } = talk(LEARNED_WINDOWS + 50);
    expect(detector.message(now, 'firmware')).toBeGreaterThan(ALERT_SCORE);
    expect(detector.explanation()?.text).toBe('it said firmware, which it has never said in 28 hours');
    expect(detector.message(now + 1, 'firmware')).toBe(0);
    expect(detector.cardinality).toBe(3);
  });

  test('are remembered within a bound', () => {
    const { detector, now } = talk(LEARNED_WINDOWS + 50);
    const bytes = detector.stateBytes;
    for (let index = 0; index < 1_000; index++) detector.message(now + index, `word ${index}`);
    expect(detector.cardinality).toBe(MAX_WORDS);
    expect(detector.stateBytes).toBe(bytes);
  });
});

describe.each<[string, () => Detector & { stateBytes: number }, (snapshot: string) => Detector]>([
  ['seasonal baseline', () => new SeasonalBaseline(), SeasonalBaseline.restored],
  ['change point', () => new ChangePoint(), ChangePoint.restored],
  ['stuck value', () => new StuckValue(), StuckValue.restored],
  ['rate of change', () => new RateOfChange(), RateOfChange.restored],
  ['drop-out', () => new DropOut(), DropOut.restored],
  ['message rate', () => new MessageRate(), MessageRate.restored],
])('%s', (_name, make, restore) => {
  const values = [...quiet(1_500), 40, 41, ...quiet(30)];

  test('goes on from a snapshot as if nothing had been, in bounded memory', () => {
    const whole = feed(make(), values);
    for (const cut of [0, 1, 59, 700, 1_501]) {
      const first = make();
      const head = feed(first, values.slice(0, cut));
      const snapshot: unknown = JSON.parse(JSON.stringify(first.snapshot()));
      const tail = feed(restore(String(snapshot)), values.slice(cut), cut);
      expect([...head, ...tail]).toEqual(whole);
    }
    expect(make().stateBytes).toBeLessThanOrEqual(2_048);
  });

  test('refuses the snapshot of another detector', () => {
    expect(() => restore('something-1:AAAA')).toThrow(SnapshotError);
  });
});
