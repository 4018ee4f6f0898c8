import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { networkOf } from '../sigma/address.ts';
import type { CommunicationSettings } from './settings.ts';

/** Somebody with an address. */
export interface Party {
  readonly address: string;
  /** Name under which it is remembered: of an asset with several addresses there is one. */
  readonly name: string;
  readonly isOurs: boolean;
  readonly asset: Asset | undefined;
  /** The closed network that it is in without being known there. */
  readonly intrudesOn: Asset | undefined;
  /** Built for one purpose: it has no reason to talk to anybody but its own. */
  readonly hasOnePurpose: boolean;
  /** The settings say that talk with it is nobody's concern. */
  readonly isUsual: boolean;
}

const onePurpose: ReadonlySet<AssetKind> = new Set<AssetKind>([
  'door',
  'cabinet',
  'reader',
  'lock',
  'camera',
  'fridge',
  'motion-sensor',
  'siren',
  'alarm-panel',
  'sensor',
]);

/** Addresses that nobody has on the Internet (RFC 1918, 4193, 3927, 6598 and the machine itself). */
const notPublic =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

/** Parties kept ready. */
const MAX_PARTIES = 100_000;

/** Who is behind an address, by the settings and the registry. */
export class Directory {
  readonly #registry: Registry;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #closed: readonly { has: (address: string) => boolean; asset: Asset | undefined }[];
  readonly #inside: readonly ((address: string) => boolean)[];
  readonly #usualNetworks: readonly ((address: string) => boolean)[];
  readonly #usualNames: ReadonlySet<string>;
  #parties = new Map<string, Party>();

  constructor({ addresses, closed, inside, usual }: CommunicationSettings, registry: Registry) {
    this.#registry = registry;
    this.#addresses = new Map(
      Object.entries(addresses).map(([address, asset]) => [address.toLowerCase(), asset]),
    );
    this.#inside = inside.map(networkOf);
    this.#closed = Object.entries(closed).map(([network, id]) => ({
      has: networkOf(network),
      asset: registry.asset(id),
    }));
    const isNetwork = (text: string) => text.includes(':') || /^[\d./]+$/.test(text);
    this.#usualNetworks = usual.filter(isNetwork).map(networkOf);
    this.#usualNames = new Set(usual.filter((text) => !isNetwork(text)).map((text) => text.toLowerCase()));
  }

  party(address: string): Party {
    const known = this.#parties.get(address);
    if (known !== undefined) return known;
    const party = this.#look(address);
    if (this.#parties.size >= MAX_PARTIES) this.#parties = new Map();
    this.#parties.set(address, party);
    return party;
  }

  /** Whether a name, or one above it, is in the settings. */
  isUsualName(domain: string): boolean {
    if (this.#usualNames.size === 0) return false;
    for (let name = domain; ; name = name.slice(name.indexOf('.') + 1)) {
      if (this.#usualNames.has(name)) return true;
      if (!name.includes('.')) return false;
    }
  }

  #look(address: string): Party {
    // The settings first: they are this monitor's own word.
    const named = this.#addresses.get(address);
    const asset = named === undefined ? this.#registry.assetAt(address) : this.#registry.asset(named);
    const id = named ?? asset?.id;
    const closed = id === undefined ? this.#closed.find(({ has }) => has(address)) : undefined;
    return {
      address,
      name: id ?? address,
      isOurs:
        id !== undefined ||
        closed !== undefined ||
        notPublic.test(address) ||
        this.#inside.some((has) => has(address)),
      asset,
      intrudesOn: closed?.asset,
      hasOnePurpose: asset !== undefined && onePurpose.has(asset.kind),
      isUsual: this.#usualNetworks.some((has) => has(address)),
    };
  }
}
