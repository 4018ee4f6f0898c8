/** Trying a device out before it is put to use: what to do now, and whether it was heard. Pure. */
import type { HeardReading, InboxDevice } from '../../../edge/api/contract.ts';
import type { Answers } from './steps.ts';

/** What the person beside it is asked to do. */
export type Ask = 'open' | 'close' | 'walk' | 'badge' | 'read' | 'any';

/** `opposite`: it said the reverse of what was done, as a contact does that is wired the other way round. */
export type TrialState = 'waiting' | 'heard' | 'opposite';

const twoStates: ReadonlySet<string> = new Set(['contact', 'input', 'motion', 'tamper', 'lock', 'siren']);
const activeWords: ReadonlySet<string | number> = new Set(['open', 'active', 'unlocked', 'on']);

/** The readings that matter for what was chosen. */
const concerned = ({ heard }: Pick<InboxDevice, 'heard'>, { part }: Answers): readonly HeardReading[] =>
  heard.filter((entry) => part === undefined || part === null || entry.part === part);

/** What there is to try, one after the other. A lock or a siren is not tried: that would be heard in the street. */
export function asksFor(device: Pick<InboxDevice, 'heard'>, answers: Answers): Ask[] {
  const { asset, meaning } = answers;
  if (asset === undefined || meaning === 'siren' || meaning === 'lock') return [];
  if (meaning === 'contact') return ['open', 'close'];
  if (meaning === 'motion') return ['walk'];
  const readings = concerned(device, answers);
  const says = (what: string) => readings.some((entry) => entry.what === what);
  switch (asset.kind) {
    case 'lock':
    case 'siren':
      return [];
    case 'reader':
      return ['badge'];
    case 'motion-sensor':
      return ['walk'];
    case 'door':
    case 'cabinet':
      return readings.length === 0 || says('contact') || says('input') ? ['open', 'close'] : ['any'];
    case 'fridge':
      if (says('contact')) return ['open', 'close'];
      return ['read'];
    default:
      return says('temperature') ? ['read'] : ['any'];
  }
}

/**
 * Whether it was heard.
 * @param before what the device had said when it was asked for
 * @param isInverted it has turned out to be wired the other way round
 */
export function stateOf(
  ask: Ask,
  answers: Answers,
  before: Pick<InboxDevice, 'heard'>,
  device: Pick<InboxDevice, 'heard'>,
  isInverted: boolean,
): TrialState {
  const earlier = new Map(before.heard.map((entry) => [`${entry.part} ${entry.what}`, entry]));
  const readings = concerned(device, answers);
  if (ask === 'read') return readings.some(({ what }) => what === 'temperature') ? 'heard' : 'waiting';
  const news = readings.filter((entry) => {
    const known = earlier.get(`${entry.part} ${entry.what}`);
    const isMoment = !twoStates.has(entry.what);
    return isMoment ? entry.times > (known?.times ?? 0) : entry.changes > (known?.changes ?? 0);
  });
  if (ask === 'any') return news.length > 0 ? 'heard' : 'waiting';
  if (ask === 'badge') return news.some(({ what }) => what === 'badge-presented') ? 'heard' : 'waiting';
  const words = news.filter(({ what }) => twoStates.has(what));
  if (words.length === 0) return 'waiting';
  const isActive = words.some(({ value }) => activeWords.has(value) !== isInverted);
  if (ask === 'walk') return isActive ? 'heard' : 'waiting';
  return isActive === (ask === 'open') ? 'heard' : 'opposite';
}

/** The parts that have said something else since then: open the door, and see which of them it is. */
export function stirred(before: Pick<InboxDevice, 'heard'>, device: Pick<InboxDevice, 'heard'>): Set<string> {
  const earlier = new Map(before.heard.map((entry) => [`${entry.part} ${entry.what}`, entry.changes]));
  return new Set(
    device.heard
      .filter(({ part, what, changes }) => changes > (earlier.get(`${part} ${what}`) ?? 0))
      .map(({ part }) => part),
  );
}
