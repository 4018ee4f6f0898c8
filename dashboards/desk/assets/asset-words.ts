import type { Severity, Times } from '../../../cloud/api/contract.ts';
import { locale } from '../../kit/i18n.ts';
import type { IconName } from '../../kit/icons.tsx';
import { text } from '../text.ts';

/** Kinds of the registry, in the order in which they are offered. */
export const assetKinds = [
  'door',
  'cabinet',
  'reader',
  'lock',
  'camera',
  'fridge',
  'motion-sensor',
  'siren',
  'alarm-panel',
  'gateway',
  'sensor',
  'vehicle',
  'host',
  'shop',
  'payment-service',
  'network',
] as const;
type KnownKind = (typeof assetKinds)[number];
const known = (kind: string): KnownKind | undefined => assetKinds.find((one) => one === kind);

const strangers: Readonly<Record<string, IconName>> = {
  utility: 'battery',
  ups: 'battery',
  supplier: 'vehicle',
  people: 'person',
  payment: 'payment-service',
  room: 'site',
};

/** What only the graph knows has a kind of its own words. */
export const kindName = (kind: string): string => {
  const one = known(kind);
  return one === undefined ? kind.charAt(0).toUpperCase() + kind.slice(1) : text(`kind.${one}`);
};
export const kindIcon = (kind: string): IconName => known(kind) ?? strangers[kind] ?? 'link';

const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export const worstOf = (all: readonly Severity[]): Severity | undefined =>
  severities.find((one) => all.includes(one));

export const money = (amount: number, currency: string): string =>
  new Intl.NumberFormat(locale(), { style: 'currency', currency, maximumFractionDigits: 0 }).format(amount);

/** `45 s`, `30 min`, `1.5 h`, `2 d`. */
export function time(ms: number): string {
  const round = (value: number) =>
    new Intl.NumberFormat(locale(), { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  if (ms < 120_000) return `${round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${round(ms / 3_600_000)} h`;
  return `${round(ms / 86_400_000)} d`;
}

/** As it is written in a field. */
export const timesText = (times: Times): string =>
  typeof times === 'string'
    ? times
    : 'likely' in times
      ? `${times.from} to ${times.to}, likely ${times.likely}`
      : `${times.from} to ${times.to}`;

/** What was written in a field, as the server takes it; what it is not is left to the server to refuse. */
export function timesFrom(written: string): Times {
  const [, from, to, likely] =
    /^\s*(?:from\s+)?(.+?)\s+to\s+(.+?)(?:\s*,\s*likely\s+(.+?))?\s*$/.exec(written) ?? [];
  if (from === undefined || to === undefined) return written.trim() === '' ? '0 s' : written.trim();
  return likely === undefined ? { from, to } : { from, likely, to };
}
