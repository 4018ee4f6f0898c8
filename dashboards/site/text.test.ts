import { describe, expect, it } from 'vitest';
import { assetKind } from '../../devices/model/asset.ts';
import { observationKinds } from '../../devices/model/observation.ts';
import type { Message } from '../kit/i18n.ts';
import { de as kitDe } from '../kit/languages/de.ts';
import { en as kitEn } from '../kit/languages/en.ts';
import { es as kitEs } from '../kit/languages/es.ts';
import { fr as kitFr } from '../kit/languages/fr.ts';
import { it as kitIt } from '../kit/languages/it.ts';
import { keyUse, pseudo, sourcesIn } from '../kit/testing/catalogue.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { es } from './languages/es.ts';
import { fr } from './languages/fr.ts';
import { it as italian } from './languages/it.ts';
import { said } from './problem-words.ts';

/** What the gateway says is read as text: the page may not import it. */
const gatewaySource = sourcesIn(new URL('../../edge', import.meta.url).pathname);

describe('the site page’s texts', () => {
  it('are all there and all used', () => {
    const source = sourcesIn(new URL('.', import.meta.url).pathname);
    const { missing, unused } = keyUse(source, 'text', Object.keys(en));
    expect(missing).toEqual([]);
    // One of two keys is chosen in place: `text(isOpen ? 'site.open' : 'site.closed')`.
    // What the gateway tells by its own words, see below.
    const told = /^(day|change|refusal|field)\./;
    expect(unused.filter((key) => !source.includes(`'${key}'`) && !told.test(key))).toEqual([]);
  });
  it('tell of every kind of observation, of every change of the set-up, and of nothing else', () => {
    const told = Object.keys(observationKinds).map((kind) => `day.${kind}`);
    const ofDay = Object.keys(en).filter((key) => key.startsWith('day.'));
    expect(ofDay.sort()).toEqual([...told, 'day.other'].sort());
    const changes = [...gatewaySource.matchAll(/change: '([^']+)'/g)].map(
      ([, change]) => `change.${(change ?? '').replaceAll(' ', '-')}`,
    );
    expect(changes.length).toBeGreaterThan(5);
    const ofChange = Object.keys(en).filter((key) => key.startsWith('change.'));
    expect(ofChange.sort()).toEqual([...new Set(changes)].sort());
  });
  it('say why a badge is refused, for every reason that a door has', () => {
    const [, union = ''] = /export type Refusal =([^;]*);/.exec(gatewaySource) ?? [];
    const reasons = [...union.matchAll(/'([a-z-]+)'/g)].map(([, reason]) => `refusal.${reason}`);
    expect(reasons.length).toBeGreaterThan(10);
    const said = Object.keys(en).filter((key) => key.startsWith('refusal.'));
    expect(said.sort()).toEqual(reasons.sort());
  });
  it('say what every refusal of the gateway means, but for those that hold words of their own', () => {
    // Which field is wrong, what is interlocked, what is wrong with a back-up: the page has its own words at the place.
    const own = ['interlocked', 'invalid', 'not-json', 'not-restorable', 'locked'];
    const codes = [...gatewaySource.matchAll(/new Refused\(\s*\d+,\s*'([a-z-]+)'/g)].map(
      ([, code]) => code ?? '',
    );
    expect(codes.length).toBeGreaterThan(20);
    const silent = codes.filter((code) => !own.includes(code) && !(code in said));
    expect([...new Set(silent)]).toEqual([]);
  });
  it('name every kind of asset', () => {
    const keys = new Set(Object.keys(en));
    expect(assetKind.options.map((kind) => `kind.${kind}`).filter((key) => !keys.has(key))).toEqual([]);
  });
  it('keep their parameters in another language', () => {
    for (const message of Object.values(en)) {
      for (const form of typeof message === 'string' ? [message] : Object.values(message)) {
        for (const name of form.match(/\{\w+\}/g) ?? []) expect(pseudo(form)).toContain(name);
        expect(pseudo(form).length).toBeGreaterThan(form.length * 1.3);
      }
    }
  });
  it.each(Object.entries({ de, fr, es, it: italian }))(
    'in %s are all there and take the parameters that English takes',
    (_tag, translation: Partial<Record<string, Message>>) => {
      const names = (message: Message) => {
        const form = typeof message === 'string' ? message : message.other;
        return (form.match(/\{\w+\}/g) ?? []).sort().join();
      };
      const english: Record<string, Message> = en;
      const wrong = Object.entries(translation).filter(([key, message]) => {
        const own = english[key];
        if (own === undefined || message === undefined) return true;
        return typeof own !== typeof message || names(own) !== names(message);
      });
      expect(wrong.map(([key]) => key)).toEqual([]);
      expect(Object.keys(en).filter((key) => translation[key] === undefined)).toEqual([]);
    },
  );
  it.each(Object.entries({ de: kitDe, fr: kitFr, es: kitEs, it: kitIt }))(
    'of the kit in %s are all there',
    (_tag, translation) => expect(Object.keys(translation).sort()).toEqual(Object.keys(kitEn).sort()),
  );
  it('of a language are not there twice, and none is left in English', () => {
    // Words that are the same in both: names, signs, numbers.
    const same = (translation: Partial<Record<string, Message>>) =>
      Object.entries(en).filter(
        ([key, message]) =>
          typeof message === 'string' &&
          /(\w{2,} ){2,}\w{2,}/.test(message.replaceAll(/\{\w+\}/g, '')) &&
          translation[key] === message,
      );
    for (const translation of [de, fr, es, italian]) expect(same(translation)).toEqual([]);
  });
});
