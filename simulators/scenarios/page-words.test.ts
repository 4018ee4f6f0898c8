import { describe, expect, it } from 'vitest';
import { de } from '../../dashboards/site/languages/alarms/de.ts';
import { es } from '../../dashboards/site/languages/alarms/es.ts';
import { fr } from '../../dashboards/site/languages/alarms/fr.ts';
import { it as italian } from '../../dashboards/site/languages/alarms/it.ts';
import { catalog } from '../../edge/rules/catalog.ts';
import { eventCodes } from '../../edge/transmission/events.ts';

// The page may not import the gateway, nor the gateway the page: what both must agree on is looked at here.
describe.each(Object.entries({ de, fr, es, it: italian }))('the site page in %s', (_tag, words) => {
  it('has words for every alarm that a gateway knows', () => {
    const kinds = new Set([...catalog.map(({ kind }) => kind), ...Object.keys(eventCodes)]);
    expect(kinds.size).toBeGreaterThan(35);
    expect([...kinds].filter((kind) => words.alarms[kind] === undefined)).toEqual([]);
  });
  it('has a sentence that goes on after a name, and an instruction that says what to do', () => {
    for (const [kind, [summary, instruction]] of Object.entries(words.alarms)) {
      expect([kind, /^( ?: )?[^:].*\.$/.test(summary)]).toEqual([kind, true]);
      expect([kind, /^\p{Lu}.*[.?]$/u.test(instruction)]).toEqual([kind, true]);
    }
  });
  it('has the same reasons and troubles as German', () => {
    expect(Object.keys(words.reasons).sort()).toEqual(Object.keys(de.reasons).sort());
    expect(Object.keys(words.alarms).sort()).toEqual(Object.keys(de.alarms).sort());
  });
});
