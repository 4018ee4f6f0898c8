/** Whom and what a device met for the first time. Pure: each judgement follows from the memory alone. */
import type { Found } from '../monitors/monitor.ts';
import type { Directory } from './directory.ts';
import { found, inOrder, learnedAt, portFact } from './finding.ts';
import { type DeviceMemory, type Familiar, HOUR_MS } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { listText, nameOf } from './wording.ts';

const WEEK_MS = 7 * 24 * HOUR_MS;
/** Firsts nearer than this to one another are one finding. */
const TOGETHER_MS = 6 * HOUR_MS;
/** Ports from here on are given to answers, not to services. */
const FIRST_FLEETING_PORT = 32_768;

/** Those that came together, by pauses. */
function* together(firsts: readonly Familiar[]): Iterable<[Familiar, ...Familiar[]]> {
  let group: [Familiar, ...Familiar[]] | undefined;
  for (const one of [...firsts].sort(inOrder)) {
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && one.at - last.at <= TOGETHER_MS) group.push(one);
    else {
      if (group !== undefined) yield group;
      group = [one];
    }
  }
  if (group !== undefined) yield group;
}

/** A moment of something new lasts for this share of the time of learning. */
const MOMENT_SHARE = 100;

/**
 * Firsts that are news: met after the time of learning, by somebody for whom the week before had few moments of
 * something new. The second half of the learning counts for that, when what is met daily has been met.
 */
function news(memory: DeviceMemory, met: Iterable<Familiar>, settings: CommunicationSettings): Familiar[] {
  const learned = learnedAt(memory, settings);
  const settledAt = memory.first.at + settings.learningMs / 2;
  const late = [...met].filter(({ at }) => at >= settledAt).sort(inOrder);
  const heads: number[] = [];
  const fresh: Familiar[] = [];
  for (const one of late) {
    const last = heads.at(-1);
    if (last === undefined || one.at - last > settings.learningMs / MOMENT_SHARE) heads.push(one.at);
    const head = heads.at(-1) ?? one.at;
    const oneTooMany = heads[heads.length - 2 - settings.newPerWeek];
    if (one.at >= learned && (oneTooMany === undefined || oneTooMany < head - WEEK_MS)) fresh.push(one);
  }
  return fresh;
}

/**
 * A device of one purpose that talks to the outside, or one that nobody knows in a closed network. It needs no learning:
 * what is meant to be is in the settings.
 */
export function judgeOutside(memory: DeviceMemory): Found[] {
  const { party, peers } = memory;
  const { hasOnePurpose, intrudesOn } = party;
  if (!hasOnePurpose && intrudesOn === undefined) return [];
  const outside = [...peers.met.values()].filter(({ isOutside, isCaller }) => isOutside && !isCaller);
  return [...together(outside)].map((group) => {
    const [first] = group;
    const names = group.map(({ address, port }) =>
      port === undefined ? address : `${address} port ${port}`,
    );
    return found(memory, {
      anchor: `outside ${first.id}`,
      at: first.at,
      severity: group.length > 3 || intrudesOn !== undefined ? 'high' : 'medium',
      summary: `${nameOf(party)}${intrudesOn === undefined ? '' : `, which nobody knows in ${intrudesOn.name},`} talked to the outside, where it has no business: ${listText(names)}`,
      facts: { parties: group.length, address: first.address, ...portFact(first) },
      evidence: group.map(({ id }) => id),
      tactic: 'T1071',
      count: group.length,
      other: first.address,
    });
  });
}

/** Somebody that the device had never talked to, or that had never called it. */
export function judgePeers(
  memory: DeviceMemory,
  settings: CommunicationSettings,
  directory: Directory,
): Found[] {
  const { party, peers } = memory;
  if (peers.isFull) return [];
  // Talk of a camera with the outside has a rule of its own.
  const met = [...peers.met.values()].filter(({ isOutside }) => !(party.hasOnePurpose && isOutside));
  return [...together(news(memory, met, settings))].map((group) => {
    const [first] = group;
    const who = (one: Familiar) => nameOf(directory.party(one.address));
    const isCalled = group.every(({ isCaller }) => isCaller);
    const names = group.map((one) => `${who(one)}${one.port === undefined ? '' : ` port ${one.port}`}`);
    const known = peers.met.size - group.length;
    return found(memory, {
      anchor: `peer ${first.id}`,
      at: first.at,
      severity: party.hasOnePurpose ? 'medium' : 'low',
      summary: isCalled
        ? `${nameOf(party)} was called by ${listText(group.map(who))}, who had never called it (${known} others have)`
        : `${nameOf(party)} talked to ${listText(names)} for the first time (it knows ${known} others)`,
      facts: { parties: group.length, known, address: first.address, ...portFact(first) },
      evidence: group.map(({ id }) => id),
      tactic: 'T1021',
      count: group.length,
      other: first.isOutside ? first.address : undefined,
      parties: group.map(({ address }) => directory.party(address)),
    });
  });
}

/** A name never asked for before. */
export function judgeDomains(memory: DeviceMemory, settings: CommunicationSettings): Found[] {
  const { party, domains } = memory;
  if (domains.isFull) return [];
  return [...together(news(memory, domains.met.values(), settings))].map((group) => {
    const [first] = group;
    const known = domains.met.size - group.length;
    return found(memory, {
      anchor: `domain ${first.id}`,
      at: first.at,
      severity: party.hasOnePurpose ? 'medium' : 'low',
      summary: `${nameOf(party)} asked for ${listText(group.map(({ party: name }) => name))} for the first time (it knows ${known} other domains)`,
      facts: { domains: group.length, known, domain: first.party },
      evidence: group.map(({ id }) => id),
      tactic: 'T1071.004',
      count: group.length,
      domain: first.party,
    });
  });
}

/** A port that answers and never did. */
export function judgeListeners(
  memory: DeviceMemory,
  settings: CommunicationSettings,
  directory: Directory,
): Found[] {
  const { party, listeners } = memory;
  const lasting = [...listeners.met.values()].filter(
    ({ port }) => party.hasOnePurpose || (port ?? 0) < FIRST_FLEETING_PORT,
  );
  return news(memory, lasting, settings).map((first) => {
    const caller = directory.party(first.address);
    return found(memory, {
      anchor: `listener ${first.id}`,
      at: first.at,
      severity: 'medium',
      summary: `${nameOf(party)} answers on ${first.party}, which it never did; first to ${nameOf(caller)}`,
      facts: { port: first.port ?? 0, service: first.party, address: first.address },
      evidence: [first.id],
      tactic: 'T1571',
      count: 1,
      other: first.isOutside ? first.address : undefined,
      parties: [caller],
    });
  });
}
