/** Certificates of the pages' hosts. */
import { changeMonitor, textOf } from '../change-monitor.ts';
import { seen } from './seen.ts';

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const certificate = seen('certificate.seen', {
  host: 'shop.example',
  change: 'changed',
  sameIssuer: false,
  previousNotAfter: 80 * 86_400_000,
  notAfter: 90 * 86_400_000,
});
export const certificateChanged = changeMonitor({
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

export const certificateExpiring = changeMonitor({
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
