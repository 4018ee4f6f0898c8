import { describe, expect, it } from 'vitest';
import { de } from '../../dashboards/site/languages/detections/de.ts';
import { en } from '../../dashboards/site/languages/detections/en.ts';
import {
  type DetectionWords,
  type Fact,
  type Formats,
  sentenceOf,
} from '../../dashboards/site/languages/detections/sentence.ts';
import { de as gateway } from '../../dashboards/site/languages/gateway/de.ts';
import { readingIn } from '../../dashboards/site/languages/gateway/words.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { panelAlarms } from '../../edge/panel/alarm.ts';
import { catalog } from '../../edge/rules/catalog.ts';
import { runSample } from '../../edge/rules/sample-run.ts';
import { sampleRegistry } from '../../edge/rules/sample-site.ts';
import { inWords } from '../../edge/site/inbox.ts';
import { properties } from '../../edge/site/properties.ts';

// The page may not import the gateway, nor the gateway the page: what both must agree on is looked at here.

/** Says of each number what it was taken for, so that a test sees it. */
const formats = (tag: string): Formats => ({
  number: (value, digits) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits ?? 2 }).format(value),
  duration: (ms) => `${Math.round(ms / 1_000)} s`,
  date: (day) => day.split('-').reverse().join('.'),
});
const said = (
  made: Pick<Detection, 'rule' | 'facts' | 'assets' | 'count'>,
  words: DetectionWords,
  tag = 'de',
) =>
  sentenceOf(
    {
      rule: made.rule,
      facts: made.facts,
      names: made.assets.map((id) => sampleRegistry.asset(id)?.name ?? id),
      count: made.count,
    },
    words,
    formats(tag),
  );
const languages = { en, de };

describe.each(Object.entries(languages))('detections in %s', (tag, words) => {
  it.each(catalog.map((kind) => [kind.kind, kind] as const))(
    'of %s are sentences made of the facts of its own samples',
    (_kind, kind) => {
      const made = kind.samples.flatMap((sample) => runSample(kind, sample));
      expect(made.length).toBeGreaterThan(0);
      for (const detection of made) {
        const sentence = said(detection, words, tag);
        expect([kind.kind, detection.facts, sentence]).toEqual([
          kind.kind,
          detection.facts,
          expect.any(String),
        ]);
        expect(sentence).toMatch(/^[\p{Lu}\d].*[.]$/u);
        expect(sentence).not.toMatch(/[{}]|undefined|NaN|true|false/);
      }
      // Something of what it has found out stands in at least one of them: the asset's name, or a fact.
      const [first] = made;
      const name = sampleRegistry.asset(first?.assets[0] ?? '')?.name ?? '';
      const facts = Object.values(first?.facts ?? {}).filter(
        (fact) => typeof fact === 'string' && fact !== '',
      );
      const found = [name, ...facts].some((each) =>
        (first && said(first, words, tag))?.includes(String(each)),
      );
      expect([kind.kind, found]).toEqual([kind.kind, true]);
    },
  );

  it('has a sentence for every alarm of the panel, and for nothing that does not exist', () => {
    const kinds = [...catalog.map(({ kind }) => kind), ...Object.keys(panelAlarms), 'rule-keys-full'];
    expect(Object.keys(words.sentences).sort()).toEqual([...new Set(kinds)].sort());
    for (const [rule, facts] of Object.entries(ofThePanel)) {
      const sentence = said({ rule, facts, assets: ['door-back', 'panel-1'], count: 1 }, words, tag);
      expect([rule, sentence]).toEqual([rule, expect.stringMatching(/\.$/)]);
      expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
    }
    expect(Object.keys(ofThePanel).sort()).toEqual(Object.keys(panelAlarms).sort());
  });
});

const ofThePanel: Record<string, Record<string, Fact>> = {
  intrusion: { mode: 'away' },
  duress: { by: 'Maria Weber', from: 'site' },
  'arming-refused': { mode: 'away', by: 'Maria Weber', because: 'Back door: it is open' },
  tailgating: { how: 'second-opening', apartMs: 4_000 },
  'anti-passback': { how: 'passed-back', lastZone: 'store' },
  'door-propped': { openMs: 300_000 },
  'lock-not-following': { lock: 'lock-back', ordered: 'locked', reported: 'unlocked' },
  'exit-unused': { count: 3 },
  delivery: { outcome: 'too-late', what: 'Medicines' },
};

describe('a sentence', () => {
  const warm = {
    rule: 'temperature-excursion:cold-room',
    facts: {
      phase: 'excursion',
      side: 'above',
      durationMs: 960_000,
      peakCelsius: 11.3,
      minCelsius: 2,
      maxCelsius: 8,
      gapMs: 0,
    },
    assets: ['fridge-1'],
    count: 1,
  };
  it('writes numbers, durations and temperatures as its language does', () => {
    expect(said(warm, de)).toBe(
      'Medicine fridge liegt seit 960 s über dem Bereich von 2 °C bis 8 °C und erreichte 11,3 °C.',
    );
    expect(said(warm, en, 'en-GB')).toBe(
      'Medicine fridge has been above its band of 2 °C to 8 °C for 960 s and reached 11.3 °C.',
    );
  });
  it('adds what else is so, and leaves out what is not', () => {
    const open = { ...warm, facts: { ...warm.facts, gapMs: 60_000, doorOpenedAt: 1 } };
    expect(said(open, de)).toMatch(/Davon 60 s ohne Messwert: .* Die Tür steht offen\.$/);
    const calm = { rule: 'forced-open', facts: { armingMode: 'disarmed' }, assets: ['door-back'], count: 1 };
    expect(said(calm, de)).not.toContain('scharf');
    expect(said({ ...calm, facts: { armingMode: 'night' } }, de)).toContain('scharf');
  });
  it('is none where facts are missing or nobody knows the rule: then its kind is named instead', () => {
    expect(said({ ...warm, facts: {} }, de)).toBeUndefined();
    expect(said({ ...warm, rule: 'rule-of-tomorrow' }, de)).toBeUndefined();
    expect(said({ ...warm, rule: 'constructor' }, de)).toBeUndefined();
  });
});

describe('the last word of a device in the inbox', () => {
  it('has German for every property and each of its values', () => {
    for (const [property, { edges }] of Object.entries(properties)) {
      if (property === 'exit') continue;
      for (const value of Object.keys(edges))
        expect([property, value, readingIn(`${property} ${value}`, gateway, 'de')]).toEqual([
          property,
          value,
          `${gateway.readings[property]} ${gateway.values[value]}`,
        ]);
    }
  });
  it('keeps the part, writes numbers in German, and leaves alone what it does not know', () => {
    const word = (reading: Parameters<typeof inWords>[0]) => readingIn(inWords(reading), gateway, 'de');
    expect(word({ type: 'state', part: 'input:0', property: 'contact', value: 'open' })).toBe(
      'input:0: Kontakt offen',
    );
    expect(word({ type: 'measurement', part: 'temperature', quantity: 'temperature', value: 4.6 })).toBe(
      'Temperatur 4,6 °C',
    );
    expect(
      word({ type: 'moment', part: 'badge', moment: 'badge-presented', subjects: { badge: '0042' } }),
    ).toBe('Karte 0042');
    expect(readingIn('something else 4', gateway, 'de')).toBe('something else 4');
  });
});
