/** The rules over what the watch saw of pages, certificates and files; one monitor a rule. */
import type { Facts, Observation } from '../../devices/model/observation.ts';
import type { AnyMonitor, MonitorSample } from '../monitors/monitor.ts';
import { changeMonitor, pagesText, textOf } from './change-monitor.ts';

type Seen = MonitorSample['observations'][number];

const CHECKOUT = 'https://shop.example/checkout';
const MINUTE = 60_000;
const own = 'a'.repeat(64);
const other = 'b'.repeat(64);

const seen =
  (kind: Observation['kind'], usual: Facts, source = 'integrity:page-watch') =>
  (at: number, facts: Facts = {}, observables: Record<string, string> = {}): Seen => ({
    kind,
    asset: 'web-shop',
    observedAt: at,
    source,
    facts: { page: CHECKOUT, payment: true, announced: false, ...usual, ...facts },
    observables,
  });
const announcement = (at: number, hash: string): Seen => ({
  kind: 'file.changed',
  asset: 'web-shop',
  observedAt: at,
  source: 'integrity-report:deploy',
  facts: { file: '/assets/app.js', change: 'updated', expected: true },
  observables: { hash },
});

const isOfPayment = (facts: Facts): boolean => facts.payment === true;
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

const newScript = changeMonitor({
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

const scriptChanged = changeMonitor({
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

const form = seen('form.changed', {
  form: 'pay',
  target: 'https://evil.example/collect',
  previousTarget: 'https://shop.example/pay',
  newOrigin: true,
  sensitive: true,
  own: false,
});
const formTarget = changeMonitor({
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
const paymentFrame = changeMonitor({
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
const policyWeakened = changeMonitor({
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
const defaced = changeMonitor({
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

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const certificate = seen('certificate.seen', {
  host: 'shop.example',
  change: 'changed',
  sameIssuer: false,
  previousNotAfter: 80 * 86_400_000,
  notAfter: 90 * 86_400_000,
});
const certificateChanged = changeMonitor({
  kind: 'certificate-changed',
  title: 'Certificate changed',
  observes: 'certificate.seen',
  concerns: ({ change }) => change === 'changed',
  subject: (facts, { observables }) => `${textOf(facts, 'host')} ${observables?.hash ?? ''}`,
  tactic: 'T1557',
  judge(facts, _, changes) {
    const left = Number(facts.previousNotAfter ?? 0) - (changes[0]?.observedAt ?? 0);
    const isRenewal = facts.sameIssuer === true;
    // The same authority renews what comes to its end: nobody needs to know.
    if (isRenewal && left <= 45 * 86_400_000) return undefined;
    return {
      severity: isRenewal ? 'low' : 'medium',
      summary: isRenewal
        ? `${textOf(facts, 'host')} has another certificate of the same authority, long before the old one ends`
        : `${textOf(facts, 'host')} has a certificate of another authority: ${textOf(facts, 'issuer') || 'unnamed'}`,
    };
  },
  samples: [
    { name: 'of another authority', observations: [certificate(0)], expect: [{ at: 0, severity: 'medium' }] },
    {
      name: 'long before the old one ends',
      observations: [certificate(0, { sameIssuer: true })],
      expect: [{ at: 0, severity: 'low' }],
    },
    {
      name: 'renewed in time',
      observations: [certificate(0, { sameIssuer: true, previousNotAfter: 20 * 86_400_000 })],
      expect: [],
    },
    { name: 'seen for the first time', observations: [certificate(0, { change: 'first' })], expect: [] },
  ],
});

const certificateExpiring = changeMonitor({
  kind: 'certificate-expiring',
  title: 'Certificate ends soon',
  observes: 'certificate.seen',
  concerns: ({ change }) => change === 'expiring',
  subject: (facts) => `${textOf(facts, 'host')} ${textOf(facts, 'daysLeft')}`,
  judge: (facts) => ({
    severity: Number(facts.daysLeft) < 2 ? 'high' : Number(facts.daysLeft) <= 7 ? 'medium' : 'low',
    summary: `The certificate of ${textOf(facts, 'host')} ends on ${day(Number(facts.notAfter))}`,
  }),
  samples: [
    {
      name: 'in three weeks',
      observations: [certificate(0, { change: 'expiring', daysLeft: 20 })],
      expect: [{ at: 0, severity: 'low' }],
    },
    {
      name: 'tomorrow',
      observations: [certificate(0, { change: 'expiring', daysLeft: 1 })],
      expect: [{ at: 0, severity: 'high' }],
    },
    { name: 'it was seen, no more', observations: [certificate(0, { change: 'first' })], expect: [] },
  ],
});

const file = seen(
  'file.changed',
  { change: 'updated', file: '/var/www/shop/index.php', expected: false },
  'integrity:file-watch',
);
const program =
  /\.(?:php\d?|phtml|phar|jsp|aspx?|cgi|pl|py|sh|js|mjs|cjs|exe|dll|so)$|\/\.htaccess$|\/\.user\.ini$/i;
const fileChanged = changeMonitor({
  kind: 'integrity-file-changed',
  title: 'File changed',
  observes: 'file.changed',
  concerns: ({ expected }) => expected === false,
  subject: () => '',
  tactic: 'T1505.003',
  judge(_, __, changes) {
    const paths = [...new Set(changes.map(({ facts }) => String(facts?.file ?? '')))].sort();
    const created = changes.find(
      ({ facts }) => facts?.change === 'created' && program.test(String(facts.file)),
    );
    const [first = 'a file'] = paths;
    const what = paths.length === 1 ? first : `${first} and ${paths.length - 1} more`;
    if (created !== undefined)
      return {
        severity: 'high',
        summary: `A program that nobody had announced lies on the server: ${created.facts?.file}${paths.length > 1 ? `; ${paths.length} files are not what they were` : ''}`,
      };
    return {
      severity: paths.some((path) => program.test(path)) ? 'high' : 'medium',
      summary: `${what} ${paths.length === 1 ? 'is' : 'are'} not what ${paths.length === 1 ? 'it was' : 'they were'}, and nobody had announced it`,
    };
  },
  samples: [
    { name: 'a program was changed', observations: [file(0)], expect: [{ at: 0, severity: 'high' }] },
    {
      name: 'a program was left on the server',
      observations: [file(0, { change: 'created', file: '/var/www/shop/uploads/x.php' })],
      expect: [{ at: 0, severity: 'high' }],
    },
    {
      name: 'pictures were changed, all at once',
      observations: [file(0, { file: '/var/www/shop/a.png' }), file(1_000, { file: '/var/www/shop/b.png' })],
      expect: [{ at: 0, severity: 'medium', count: 2 }],
    },
    { name: 'announced', observations: [file(0, { expected: true })], expect: [] },
    {
      name: 'announced by the deployment itself, later',
      observations: [file(0, {}, { hash: own }), announcement(MINUTE, own)],
      expect: [],
    },
    {
      name: 'what others report of files is theirs to judge',
      observations: [{ ...file(0), source: 'integrity-report:tripwire' }],
      expect: [],
    },
  ],
});

/** Every rule over pages, certificates and files. */
export const integrityMonitors: readonly AnyMonitor[] = [
  newScript,
  scriptChanged,
  formTarget,
  paymentFrame,
  policyWeakened,
  defaced,
  certificateChanged,
  certificateExpiring,
  fileChanged,
];
