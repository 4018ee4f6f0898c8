/**
 * Addresses that detections name and the registry knows: whoever sees `10.1.2.3` in a log means the till that had it
 * then. A function of the detection and of the registry alone, so late, restored and replayed detections are judged
 * alike, and a lease that has ended names nobody any more.
 */
import { addressKind, addressText } from '../../devices/model/address.ts';
import type { Holder } from '../../devices/model/address-book.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { linkWords } from '../../devices/model/identity-link.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Observables that name a machine; letters and digits of their keys. */
const keys: ReadonlySet<string> = new Set(
  'ip address src srcip sourceip sourceaddress clientip remoteip remoteaddress dst dstip destinationip destinationaddress host hostname workstation computer mac device deviceid'.split(
    ' ',
  ),
);
/** Below it nobody is named: a guess would tie strangers together. */
const NAMED_FROM = 0.9;
/** As many assets as a detection may name. */
const MAX_ASSETS = 64;
/** Keys remembered; sources with a new one in every record must not fill the memory. */
const MAX_KEYS = 1_000;

export type Naming = Pick<Detection, 'at' | 'assets' | 'observables'>;

/** An asset that a detection names by an address. */
export interface NamedByAddress {
  readonly address: string;
  readonly holder: Holder;
}

const known = new Map<string, boolean>();
function namesMachine(key: string): boolean {
  const found = known.get(key);
  if (found !== undefined) return found;
  const is = keys.has(key.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (known.size < MAX_KEYS) known.set(key, is);
  return is;
}

/** Every asset that a detection names by an address, whether it names it otherwise too or not; each once. */
export function namedByAddress({ at, observables }: Naming, registry: Registry): NamedByAddress[] {
  const found: NamedByAddress[] = [];
  for (const key in observables) {
    if (!namesMachine(key)) continue;
    const address = addressText(observables[key] ?? '');
    const holder = holderOf(address, at, registry);
    if (holder === undefined || holder.confidence < NAMED_FROM) continue;
    if (registry.document.sharedAddresses.some((shared) => shared.toLowerCase() === address)) continue;
    if (!found.some((one) => one.holder.asset === holder.asset)) found.push({ address, holder });
  }
  return found;
}

function holderOf(address: string, at: number, registry: Registry): Holder | undefined {
  const holder = registry.holderOf(address, at);
  if (holder !== undefined) return holder;
  // A host is mostly called in logs as it is called in the registry, with its domain or without.
  const dot = address.indexOf('.');
  const asset = registry.asset(address) ?? (dot > 0 ? registry.asset(address.slice(0, dot)) : undefined);
  // Looked at last: of most addresses nothing is known, and what kind of text they are takes longer to tell.
  return asset?.kind === 'host' && addressKind(address) === 'name'
    ? { asset, how: 'given', confidence: 1 }
    : undefined;
}

/** The same detection with the assets whose addresses it names; without any, itself. */
export function withAddressed<One extends Naming>(detection: One, registry: Registry): One {
  const named = namedByAddress(detection, registry);
  if (named.length === 0) return detection;
  const more = named.map(({ holder }) => holder.asset.id).filter((id) => !detection.assets.includes(id));
  if (more.length === 0) return detection;
  return { ...detection, assets: [...detection.assets, ...more].slice(0, MAX_ASSETS) };
}

/** The same for one registry; where that knows no address nothing is looked at. */
export function addressing(registry: Registry): <One extends Naming>(detection: One) => One {
  const { assets, links = [], leases = [] } = registry.document;
  const knowsSome =
    leases.length > 0 ||
    links.some(({ kind }) => kind === 'address-asset') ||
    assets.some(({ addresses = [], kind }) => addresses.length > 0 || kind === 'host');
  return knowsSome ? (detection) => withAddressed(detection, registry) : (detection) => detection;
}

const shownTime = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** `Address 10.1.2.3 is Till 2 since 2026-11-12 08:14 UTC by its lease, confidence 98 %.` */
export function holderSentence({ address, holder }: NamedByAddress, registry: Registry): string {
  const { asset, how, since, confidence } = holder;
  const named = `Address ${address} is ${asset.name}`;
  const sure = `confidence ${Math.round(confidence * 100)} %`;
  switch (how) {
    case 'given':
      return addressText(asset.id) === address
        ? `"${address}" is the host ${asset.name}, by its name in the registry.`
        : `${named}, as the registry says.`;
    case 'lease':
      return `${named} since ${shownTime(since ?? 0)} by its lease, ${sure}.`;
    case 'learned': {
      const link = registry.document.links?.find(
        ({ kind, a, b }) => kind === 'address-asset' && addressText(a) === address && b === asset.id,
      );
      const seen = link === undefined ? '' : ` (${linkWords(link)})`;
      return `${named}, as was learned${since === undefined ? '' : ` by ${shownTime(since)}`}, ${sure}${seen}.`;
    }
  }
}
