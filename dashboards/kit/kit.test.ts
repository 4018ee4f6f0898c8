/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nearest, runs, timeTicks, valueRange, valueTicks } from './chart-scale.ts';
import { fill } from './i18n.ts';
import { en } from './languages/en.ts';
import { placeBeside } from './popover.tsx';
import { shaped } from './request.ts';
import { keyUse, pseudo, sourcesIn } from './testing/catalogue.ts';
import { duration, fullTime, relative, timeOrDay, timeSpan } from './time.ts';

const at = (text: string) => Date.parse(text);

describe('texts', () => {
  it('of the kit are all used, and all there', () => {
    const source = sourcesIn(new URL('.', import.meta.url).pathname);
    expect(keyUse(source, 'kitText', Object.keys(en))).toEqual({ missing: [], unused: [] });
  });
  it('the check finds a key that is missing and one that nobody uses', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code.
    const source = "text('a.one'); text(`b.${kind}.x`); text('gone')";
    expect(keyUse(source, 'text', ['a.one', 'b.door.x', 'b.door.y'])).toEqual({
      missing: ['gone'],
      unused: ['b.door.y'],
    });
  });
  it('fill plurals and parameters, and leave a missing parameter visible', () => {
    const message = { one: '{count} door', other: '{count} doors' };
    expect(fill(message, { count: 1 }, 'en')).toBe('1 door');
    expect(fill(message, { count: 1_200 }, 'en')).toBe('1,200 doors');
    expect(fill('Hello {name}', {}, 'en')).toBe('Hello {name}');
  });
  it('survive a language whose words are longer, with their parameters', () => {
    expect(pseudo('{count} doors')).toBe('[{count} dóórš·····]');
    for (const message of Object.values(en)) {
      for (const form of typeof message === 'string' ? [message] : Object.values(message)) {
        const names = form.match(/\{\w+\}/g) ?? [];
        for (const name of names) expect(pseudo(form)).toContain(name);
      }
    }
  });
});

describe('times', () => {
  const noon = at('2026-11-10T12:00:00Z');
  it('are in the site’s zone', () => {
    expect(timeOrDay(noon, noon, 'Europe/Berlin')).toBe('13:00');
    expect(timeOrDay(noon, noon, 'America/New_York')).toBe('07:00');
    expect(fullTime(noon, 'Europe/Berlin')).toMatch(/10 Nov 2026.*13:00:00/);
  });
  it('name the day when it is another one there, even if it is the same in UTC', () => {
    const justAfterMidnight = at('2026-11-10T23:10:00Z');
    expect(timeOrDay(noon, justAfterMidnight, 'Europe/Berlin')).toBe('Tue 10 Nov, 13:00');
    expect(timeOrDay(noon, justAfterMidnight, 'UTC')).toBe('12:00');
  });
  it('fall back to UTC for a zone that is not known', () => {
    expect(timeOrDay(noon, noon, 'Mars/Olympus')).toBe('12:00');
  });
  it('span from first to last', () => {
    expect(timeSpan(noon, noon + 20_000, noon, 'UTC')).toBe('12:00');
    expect(timeSpan(noon, noon + 900_000, noon, 'UTC')).toBe('12:00 – 12:15');
    expect(timeSpan(noon, noon + 900_000, noon + 86_400_000, 'UTC')).toBe('Tue 10 Nov, 12:00 – 12:15');
  });
  it('are told in the unit that fits', () => {
    expect([5_000, 61_000, 3_900_000, 90_000_000, 180_000_000].map(duration)).toEqual([
      '5 s',
      '1 min',
      '1 h 5 min',
      '1 day',
      '2 days',
    ]);
    expect(relative(noon - 2_000, noon)).toBe('just now');
    expect(relative(noon - 3_900_000, noon)).toBe('1 h ago');
    expect(relative(noon + 600_000, noon)).toBe('in 10 min');
  });
});

describe('chart geometry', () => {
  const point = (minute: number, value: number) => ({
    at: minute * 60_000,
    mean: value,
    min: value - 0.2,
    max: value + 0.2,
  });
  it('puts ticks on round times of the zone, also where it is off by half an hour', () => {
    const from = at('2026-11-10T00:10:00Z');
    const ticks = timeTicks(from, from + 6 * 3_600_000, 6, 'Asia/Kolkata');
    expect(ticks[0]).toBe(at('2026-11-10T00:30:00Z'));
    expect(ticks.length).toBeLessThanOrEqual(7);
  });
  it('puts ticks on round values within the range', () => {
    expect(valueTicks(1.3, 9.2, 4)).toEqual([2, 4, 6, 8]);
  });
  it('shows the allowed band even when all readings lie inside', () => {
    const { low, high } = valueRange([point(0, 4), point(1, 5)], { low: 2, high: 8 });
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(8);
  });
  it('does not draw across a hole', () => {
    expect(
      runs([point(0, 4), point(1, 4), point(2, 4), point(30, 5), point(31, 5)]).map((run) => run.length),
    ).toEqual([3, 2]);
  });
  it('reads off the nearest point', () => {
    expect(nearest([point(0, 4), point(10, 5)], 7 * 60_000)?.mean).toBe(5);
    expect(nearest([], 0)).toBeUndefined();
  });
});

describe('a popover', () => {
  const viewport = { width: 1_000, height: 700 };
  const box = { width: 300, height: 200 };
  it('goes below its anchor, above where there is no room, and never over the edge', () => {
    expect(placeBeside({ left: 490, right: 510, top: 100, bottom: 120 }, box, viewport)).toEqual({
      left: 350,
      top: 128,
    });
    expect(placeBeside({ left: 490, right: 510, top: 600, bottom: 620 }, box, viewport).top).toBe(392);
    expect(placeBeside({ left: 980, right: 1_000, top: 100, bottom: 120 }, box, viewport).left).toBe(688);
    expect(placeBeside({ left: 0, right: 10, top: 100, bottom: 120 }, box, viewport).left).toBe(12);
  });
});

describe('answers', () => {
  const check = shaped<{ items: string[]; total: number }>({ items: 'array', total: 'number' });
  it('of another shape are refused', () => {
    expect(check({ items: [], total: 0 })).toBe(true);
    expect(check({ items: {}, total: 0 })).toBe(false);
    expect(check('<html>')).toBe(false);
    expect(check(null)).toBe(false);
  });
});

describe('colours', () => {
  const css = readFileSync(new URL('./styles/tokens.css', import.meta.url), 'utf8');
  const block = (selector: string): Record<string, string> => {
    const body = css
      .split('}')
      .filter((part) => part.includes('--canvas') && part.includes(selector))
      .at(0);
    return Object.fromEntries(
      [...(body ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [
        name ?? '',
        value ?? '',
      ]),
    );
  };
  const light = block(':root {');
  const dark = block(':root[data-theme="dark"]');
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one: string, other: string) => {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
  const tones = ['critical', 'high', 'medium', 'low', 'info', 'good', 'physical', 'cyber', 'accent'];
  const pairs: [text: string, ground: string, atLeast: number][] = [
    ...['ink', 'ink-soft', 'ink-faint', ...tones].flatMap((text) =>
      grounds.map((ground): [string, string, number] => [text, ground, 4.5]),
    ),
    ...tones.map((tone): [string, string, number] => [tone, `${tone}-wash`, 4.5]),
    ...tones.flatMap((tone): [string, string, number][] => [
      ['ink', `${tone}-wash`, 4.5],
      ['ink-soft', `${tone}-wash`, 4.5],
    ]),
    ['accent-ink', 'accent', 4.5],
    ['critical-ink', 'critical', 4.5],
    ...['critical', 'high', 'medium'].flatMap((tone) =>
      ['canvas', 'surface', 'raised', `${tone}-wash`].map((ground): [string, string, number] => [
        `${tone}-mark`,
        ground,
        3,
      ]),
    ),
    ['line-control', 'surface', 3],
    ['line-control', 'raised', 3],
  ];
  it.each([
    ['light', light],
    ['dark', dark],
  ])('in the %s theme keep the contrast of WCAG AA', (_name, tokens) => {
    const low = pairs
      .map(([text, ground, atLeast]) => {
        const ratio = contrast(tokens[text] ?? '#000000', tokens[ground] ?? '#000000');
        return { pair: `${text} on ${ground}`, ratio: Math.round(ratio * 100) / 100, atLeast };
      })
      .filter(({ ratio, atLeast }) => ratio < atLeast);
    expect(low).toEqual([]);
    expect(Object.keys(tokens).length).toBeGreaterThan(25);
  });
  it('are the same in the dark theme that was chosen and the one that the system asked for', () => {
    expect(block(':root:not([data-theme])')).toEqual(dark);
  });
});
