/** Scripts that are new on a page, or are not what they were. */
import type { Facts } from '../../../devices/model/observation.ts';
import { changeMonitor, isOfPayment, pagesText, textOf } from '../change-monitor.ts';
import { announcement, MINUTE, other, own, seen } from './seen.ts';

const names = (facts: Facts): string =>
  textOf(facts, 'names') === '' ? '' : `; it names ${textOf(facts, 'names')}`;
/** The same content is the same change; where it is not known, the address without what changes in it. */
const withoutQuery = (facts: Facts): string => textOf(facts, 'script').replace(/[?#].*$/s, '');
const scriptName = (facts: Facts): string =>
  facts.script === 'inline'
    ? 'an inline script'
    : facts.script === 'handler'
      ? 'a script in an attribute'
      : textOf(facts, 'script');

const added = seen('script.added', { script: 'https://cdn.evil.example/j.js', own: false, newOrigin: true });
const changed = seen('script.changed', {
  script: 'https://shop.example/app.js',
  own: true,
  newOrigin: false,
});

export const newScript = changeMonitor({
  kind: 'integrity-new-script',
  title: 'New script on a page',
  observes: 'script.added',
  concerns: () => true,
  subject: (facts, { observables }) =>
    `${textOf(facts, 'origin')} ${observables?.hash ?? withoutQuery(facts)}`,
  tactic: 'T1185',
  judge(facts, pages) {
    const where = pagesText(pages);
    if (facts.newOrigin === true)
      return {
        severity: isOfPayment(facts) ? 'critical' : 'high',
        summary: `${scriptName(facts)} runs on ${where} and belongs to nobody who was there before${names(facts)}`,
      };
    return {
      severity: pages.length > 1 || facts.own !== true ? 'low' : 'medium',
      summary: `${scriptName(facts)} is new on ${where} and was not announced${names(facts)}`,
    };
  },
  samples: [
    {
      name: 'a stranger’s script on the checkout',
      observations: [added(0, {}, { domain: 'cdn.evil.example' })],
      expect: [{ at: 0, severity: 'critical' }],
    },
    {
      name: 'the same one on three pages is one finding',
      observations: [
        added(0),
        added(1_000, { page: 'https://shop.example/', payment: false }),
        added(2_000, { page: 'https://shop.example/cart', payment: false }),
      ],
      expect: [{ at: 0, severity: 'critical', count: 3 }],
    },
    {
      name: 'an inline script that names a stranger’s host',
      observations: [
        added(0, {
          script: 'inline',
          own: true,
          names: 'collect.example',
          page: 'https://shop.example/',
          payment: false,
        }),
      ],
      expect: [{ at: 0, severity: 'high' }],
    },
    {
      name: 'a new script of the shop’s own, on one page',
      observations: [added(0, { script: 'https://shop.example/new.js', own: true, newOrigin: false })],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'a new script of the shop’s own, in a window for deployments',
      observations: [
        added(0, { script: 'https://shop.example/new.js', own: true, newOrigin: false, announced: true }),
      ],
      expect: [],
    },
    {
      name: 'no deployment excuses a stranger',
      observations: [announcement(-MINUTE + 2 * MINUTE, own), added(2 * MINUTE, {}, { hash: own })],
      expect: [{ at: 2 * MINUTE, severity: 'critical' }],
    },
  ],
});

export const scriptChanged = changeMonitor({
  kind: 'integrity-script-changed',
  title: 'Script changed',
  observes: 'script.changed',
  concerns: () => true,
  subject: (facts, { observables }) => observables?.hash ?? withoutQuery(facts),
  tactic: 'T1565.002',
  judge(facts, pages) {
    const where = pagesText(pages);
    if (facts.newOrigin === true)
      return {
        severity: isOfPayment(facts) ? 'critical' : 'high',
        summary: `${scriptName(facts)} on ${where} was changed and now reaches a host it did not know${names(facts)}`,
      };
    return {
      severity: facts.own === true && pages.length > 1 ? 'low' : 'medium',
      summary: `${scriptName(facts)} on ${where} was changed and nobody had announced it${names(facts)}`,
    };
  },
  samples: [
    {
      name: 'the shop’s script now sends to a stranger',
      observations: [
        changed(0, { newOrigin: true, names: 'collect.example' }, { domain: 'collect.example' }),
      ],
      expect: [{ at: 0, severity: 'critical' }],
    },
    {
      name: 'the shop’s script differs on one page',
      observations: [changed(0, {}, { hash: own })],
      expect: [{ at: 0, severity: 'medium', count: 1 }],
    },
    {
      name: 'the shop’s script differs on all pages: a deployment that nobody announced',
      observations: [
        changed(0, {}, { hash: own }),
        changed(1_000, { page: 'https://shop.example/', payment: false }, { hash: own }),
      ],
      expect: [{ at: 0, severity: 'low', count: 2 }],
    },
    {
      name: 'a deployment that announced the content, told afterwards',
      observations: [changed(0, {}, { hash: own }), announcement(5 * MINUTE, own)],
      expect: [],
    },
    {
      name: 'a deployment of something else excuses nothing',
      observations: [changed(0, {}, { hash: own }), announcement(5 * MINUTE, other)],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'another change of the same script hours later is another finding',
      observations: [changed(0, {}, { hash: own }), changed(180 * MINUTE, {}, { hash: other })],
      expect: [
        { at: 0, severity: 'medium' },
        { at: 180 * MINUTE, severity: 'medium' },
      ],
    },
  ],
});
