/** What samples of these rules are made of. */
import type { Facts, Observation } from '../../../devices/model/observation.ts';
import type { MonitorSample } from '../../monitors/monitor.ts';

type Seen = MonitorSample['observations'][number];

export const CHECKOUT = 'https://shop.example/checkout';
export const MINUTE = 60_000;
export const own = 'a'.repeat(64);
export const other = 'b'.repeat(64);

export const seen =
  (kind: Observation['kind'], usual: Facts, source = 'integrity:page-watch') =>
  (at: number, facts: Facts = {}, observables: Record<string, string> = {}): Seen => ({
    kind,
    asset: 'web-shop',
    observedAt: at,
    source,
    facts: { page: CHECKOUT, payment: true, announced: false, ...usual, ...facts },
    observables,
  });
export const announcement = (at: number, hash: string): Seen => ({
  kind: 'file.changed',
  asset: 'web-shop',
  observedAt: at,
  source: 'integrity-report:deploy',
  facts: { file: '/assets/app.js', change: 'updated', expected: true },
  observables: { hash },
});
