import type { Facts, Observables } from '../../devices/model/observation.ts';
import type { SeenCertificate } from './fetch-page.ts';
import type { Memory } from './memory.ts';

/** Days before a certificate's end that are told besides the configured time. */
const REMINDERS_DAYS = [7, 1];
const DAY_MS = 24 * 3_600_000;

type KnownCertificate = Memory['hosts'][string];

/** What there is to tell of a host's certificate, and what is known of it then. */
export interface CertificateNews {
  told: { name: string; facts: Facts; observables: Observables }[];
  known: KnownCertificate;
}

/** Compares a certificate with the host's last one. Each limit before its end is told once. */
export function certificateNews(
  host: string,
  before: KnownCertificate | undefined,
  seen: SeenCertificate,
  now: number,
  warnMs: number,
): CertificateNews {
  const { fingerprint, notAfter, issuer } = seen;
  const facts = { host, notAfter, issuer };
  const observables = { hash: fingerprint, domain: host.replace(/:\d+$/, '') };
  const told: CertificateNews['told'] = [];
  const isSame = before?.fingerprint === fingerprint;
  if (!isSame) {
    const change =
      before === undefined
        ? { change: 'first' }
        : {
            change: 'changed',
            sameIssuer: before.issuer === issuer,
            previousNotAfter: before.notAfter,
          };
    told.push({ name: `certificate ${fingerprint}`, facts: { ...facts, ...change }, observables });
  }
  const reminded = isSame ? (before?.told ?? []) : [];
  const daysLeft = (notAfter - now) / DAY_MS;
  const due = [warnMs / DAY_MS, ...REMINDERS_DAYS].filter(
    (limit) => daysLeft <= limit && !reminded.includes(limit),
  );
  if (due.length > 0)
    told.push({
      name: `expiring ${fingerprint} ${Math.min(...due)}`,
      facts: { ...facts, change: 'expiring', daysLeft: Math.floor(daysLeft) },
      observables,
    });
  return { told, known: { fingerprint, notAfter, issuer, told: [...reminded, ...due] } };
}
