/** The questions about a new device, one after the other. Pure. */
import type { AssetKind, InboxDevice, PartMeaning, SitePage } from '../../../edge/api/contract.ts';

export type Asset = SitePage['assets'][number];

export interface Answers {
  kind?: AssetKind;
  asset?: Asset;
  /** `null`: all of it. */
  part?: string | null;
  /** `null`: as the device says itself. */
  meaning?: PartMeaning | null;
}

export type Step = 'kind' | 'asset' | 'part' | 'meaning' | 'try';

/** Parts with two states that can't know what they are wired to. */
const isWiring = (part: string): boolean => /^(input|switch|relay|output|power|button|din|gpio)/i.test(part);

/** Assets that devices are on, in the order in which a shop thinks of them. */
export const kindsInOrder: readonly AssetKind[] = [
  'door',
  'cabinet',
  'fridge',
  'motion-sensor',
  'lock',
  'reader',
  'siren',
  'sensor',
  'camera',
  'vehicle',
  'alarm-panel',
  'gateway',
];

const likelyKinds: Readonly<Record<string, readonly AssetKind[]>> = {
  contact: ['door', 'cabinet', 'fridge'],
  motion: ['motion-sensor'],
  temperature: ['fridge', 'sensor'],
  humidity: ['fridge', 'sensor'],
  lock: ['lock'],
  siren: ['siren'],
  'badge-presented': ['reader'],
  picture: ['camera'],
};

/** The kinds of assets that are here, with what the device is probably on first. */
export function kindsFor(
  { parts, heard }: Pick<InboxDevice, 'parts' | 'heard'>,
  assets: readonly Asset[],
): { likely: AssetKind[]; others: AssetKind[] } {
  const says = [...heard.map(({ what }) => what), ...parts];
  const guessed = new Set(says.flatMap((what) => likelyKinds[what] ?? []));
  const here = kindsInOrder.filter((kind) => assets.some((asset) => asset.kind === kind));
  return {
    likely: here.filter((kind) => guessed.has(kind)),
    others: here.filter((kind) => !guessed.has(kind)),
  };
}

/** What to ask next. */
export function nextStep(
  { parts }: Pick<InboxDevice, 'parts'>,
  { kind, asset, part, meaning }: Answers,
): Step {
  if (kind === undefined) return 'kind';
  if (asset === undefined) return 'asset';
  if (part === undefined && ownParts({ parts }).length > 1) return 'part';
  if (meaning === undefined && wiredParts({ parts }, part).length > 0) return 'meaning';
  return 'try';
}

/** Parts that somebody may want to tell apart; the battery is the device's own. */
export const ownParts = ({ parts }: Pick<InboxDevice, 'parts'>): string[] =>
  parts.filter((part) => !/^(battery|linkquality|voltage)$/.test(part));

export const wiredParts = (
  { parts }: Pick<InboxDevice, 'parts'>,
  part: string | null | undefined,
): string[] => (part === undefined || part === null ? parts : [part]).filter(isWiring);

/** Takes the last answer back. */
export function stepBack({ parts }: Pick<InboxDevice, 'parts'>, answers: Answers): Answers {
  const { kind, asset, part, meaning } = answers;
  if (kind === undefined || asset === undefined) return {};
  if (meaning !== undefined) return part === undefined ? { kind, asset } : { kind, asset, part };
  if (part !== undefined && ownParts({ parts }).length > 1) return { kind, asset };
  return { kind };
}

/** What the person beside it would call it. */
export const nameOf = ({ device, name }: Pick<InboxDevice, 'device' | 'name'>): string => name ?? device;
