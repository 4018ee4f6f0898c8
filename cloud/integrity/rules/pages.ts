/** What else of a page matters: where its forms send, frames over them, its policy, its face. */
import { changeMonitor, isOfPayment, pagesText, textOf } from '../change-monitor.ts';
import { CHECKOUT, seen } from './seen.ts';

const form = seen('form.changed', {
  form: 'pay',
  target: 'https://evil.example/collect',
  previousTarget: 'https://shop.example/pay',
  newOrigin: true,
  sensitive: true,
  own: false,
});
export const formTarget = changeMonitor({
  kind: 'integrity-form-target',
  title: 'Form sends elsewhere',
  observes: 'form.changed',
  concerns: () => true,
  subject: (facts) => `${textOf(facts, 'form')} ${textOf(facts, 'target')}`,
  tactic: 'T1056.003',
  judge(facts, pages) {
    const what = `the form "${textOf(facts, 'form')}" on ${pagesText(pages)}`;
    if (facts.newOrigin === true)
      return {
        severity: facts.sensitive === true || isOfPayment(facts) ? 'critical' : 'high',
        summary: `${what} now sends what is typed in to ${textOf(facts, 'target')}`,
      };
    return {
      severity: 'medium',
      summary: `${what} asks for cards or passwords in a way it did not, and sends them to ${textOf(facts, 'target')}`,
    };
  },
  samples: [
    {
      name: 'the payment form goes to a stranger',
      observations: [form(0)],
      expect: [{ at: 0, severity: 'critical' }],
    },
    {
      name: 'a harmless form goes to a stranger',
      observations: [form(0, { sensitive: false, payment: false })],
      expect: [{ at: 0, severity: 'high' }],
    },
    {
      name: 'the payment form has another address of the shop’s own',
      observations: [form(0, { newOrigin: false, own: true, target: 'https://shop.example/v2/pay' })],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'an announced change of the shop’s own form',
      observations: [form(0, { newOrigin: false, own: true, announced: true })],
      expect: [],
    },
  ],
});

const frame = seen('frame.added', {
  frame: 'https://pay.evil.example/card',
  origin: 'https://pay.evil.example',
  newOrigin: true,
  overlay: true,
  own: false,
});
export const paymentFrame = changeMonitor({
  kind: 'integrity-payment-frame',
  title: 'Foreign frame on a page',
  observes: 'frame.added',
  concerns: () => true,
  subject: (facts) => textOf(facts, 'frame'),
  tactic: 'T1056.003',
  judge(facts, pages) {
    const what = `a frame of ${textOf(facts, 'origin')} is new on ${pagesText(pages)}`;
    if (facts.newOrigin === true && isOfPayment(facts))
      return { severity: facts.overlay === true ? 'critical' : 'high', summary: `${what}, where people pay` };
    if (facts.newOrigin === true) return { severity: 'medium', summary: what };
    return isOfPayment(facts)
      ? { severity: 'medium', summary: `${what} and lies over it, where people pay` }
      : undefined;
  },
  samples: [
    {
      name: 'a frame laid over the payment form',
      observations: [frame(0)],
      expect: [{ at: 0, severity: 'critical' }],
    },
    {
      name: 'a stranger’s frame on the front page',
      observations: [frame(0, { payment: false, overlay: false })],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'a frame of a known origin over a page without payment',
      observations: [frame(0, { payment: false, newOrigin: false, own: true })],
      expect: [],
    },
  ],
});

const weakened = seen('page.policy-weakened', { change: 'script-src now allows *', missing: false });
export const policyWeakened = changeMonitor({
  kind: 'page-policy-weakened',
  title: 'Page protected less',
  observes: 'page.policy-weakened',
  concerns: () => true,
  subject: (facts) => `${textOf(facts, 'script')} ${textOf(facts, 'change')}`,
  tactic: 'T1562',
  judge: (facts, pages) => ({
    severity: isOfPayment(facts) ? 'medium' : 'low',
    summary: `${pagesText(pages)} is protected less than it was: ${textOf(facts, 'change')}`,
  }),
  samples: [
    {
      name: 'the checkout lets any script in',
      observations: [weakened(0)],
      expect: [{ at: 0, severity: 'medium' }],
    },
    {
      name: 'the front page states a script’s hash no longer',
      observations: [
        weakened(0, { payment: false, change: 'the page no longer states the hash of this script' }),
      ],
      expect: [{ at: 0, severity: 'low' }],
    },
    { name: 'announced', observations: [weakened(0, { announced: true })], expect: [] },
  ],
});

const look = seen('page.defaced', {
  title: 'Hacked by nobody',
  previousTitle: 'Linden shop',
  words: 'hacked by',
});
export const defaced = changeMonitor({
  kind: 'integrity-defaced',
  title: 'Page defaced',
  observes: 'page.defaced',
  concerns: () => true,
  subject: (facts) => textOf(facts, 'title'),
  tactic: 'T1491.002',
  judge: (facts, pages) => ({
    severity: facts.words === undefined ? 'medium' : 'high',
    summary:
      facts.words === undefined
        ? `${pagesText(pages)} is hardly what it was: its title is "${textOf(facts, 'title')}"`
        : `${pagesText(pages)} was defaced: it says "${textOf(facts, 'words')}"`,
  }),
  samples: [
    { name: 'it says who did it', observations: [look(0)], expect: [{ at: 0, severity: 'high' }] },
    {
      name: 'it is another page altogether',
      observations: [
        { ...look(0), facts: { page: CHECKOUT, title: 'Casino', previousTitle: 'Linden shop' } },
      ],
      expect: [{ at: 0, severity: 'medium' }],
    },
    { name: 'announced: a new face of the shop', observations: [look(0, { announced: true })], expect: [] },
  ],
});
