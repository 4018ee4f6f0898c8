/** The questions about a new device, one after the other. Pure. */
import type { AssetKind, InboxDevice, PartMeaning, SitePage } from '../../../edge/api/contract.ts';

export type Asset = SitePage['assets'][number];

export interface Answers {
  asset?: Asset;
  /** `null`: all of it. */
  part?: string | null;
  /** `null`: as the device says itself. */
  meaning?: PartMeaning | null;
}

export type Step = 'asset' | 'part' | 'meaning' | 'check';

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

/** What to ask next. */
export function nextStep({ parts }: Pick<InboxDevice, 'parts'>, { asset, part, meaning }: Answers): Step {
  if (asset === undefined) return 'asset';
  if (part === undefined && parts.length > 1) return 'part';
  if (meaning === undefined && wiredParts({ parts }, part).length > 0) return 'meaning';
  return 'check';
}

export const wiredParts = (
  { parts }: Pick<InboxDevice, 'parts'>,
  part: string | null | undefined,
): string[] => (part === undefined || part === null ? parts : [part]).filter(isWiring);

/** Takes the last answer back. */
export function stepBack({ parts }: Pick<InboxDevice, 'parts'>, answers: Answers): Answers {
  const { asset, part, meaning } = answers;
  if (asset === undefined) return {};
  if (meaning !== undefined) return part === undefined ? { asset } : { asset, part };
  if (part !== undefined && parts.length > 1) return { asset };
  return {};
}

/** What the person beside it would call it. */
export const nameOf = ({ device, name }: Pick<InboxDevice, 'device' | 'name'>): string => name ?? device;
