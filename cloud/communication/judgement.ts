/** What the memory of one device amounts to. Pure: each judgement follows from the memory alone. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Found } from '../monitors/monitor.ts';
import { type Beacon, beaconsIn } from './beacon.ts';
import { rounded } from './bounded.ts';
import { entropyOf } from './contact.ts';
import type { Directory, Party } from './directory.ts';
import {
  ATTEMPT_SLOT_MS,
  type Attempt,
  type DeviceMemory,
  type Familiar,
  FEW_NAMES,
  HOUR_MS,
  type NamesAsked,
  type Rhythm,
  type Volume,
} from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { bytesText, listText, nameOf, spanText } from './wording.ts';

const MAX_EVIDENCE = 16;
const MAX_ASSETS = 8;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Firsts nearer than this to one another are one finding. */
const TOGETHER_MS = 6 * HOUR_MS;
/** Ports from here on are given to answers, not to services. */
const FIRST_FLEETING_PORT = 32_768;

export const learnedAt = ({ first }: DeviceMemory, { learningMs }: CommunicationSettings): number =>
  first.at + learningMs;

interface About {
  anchor: string;
  at: number;
  severity: Severity;
  summary: string;
  facts: NonNullable<Found['facts']>;
  evidence: string[];
  tactic: string;
  count: number;
  /** The other end, where it is one. */
  other?: string | undefined;
  domain?: string;
  /** Others of ours that it concerns. */
  parties?: readonly Party[];
}

/** The detection names the device, and the other end by its address where it lies outside: that joins incidents. */
function found(memory: DeviceMemory, about: About): Found {
  const { party, site } = memory;
  const { other, domain, parties = [], evidence, ...rest } = about;
  const assets = [party, ...parties].flatMap(({ asset }) => (asset === undefined ? [] : [asset.id]));
  return {
    ...rest,
    summary: about.summary.slice(0, 1_000),
    assets: [...new Set(assets)].slice(0, MAX_ASSETS),
    site,
    identities: [],
    observables: {
      ip: other ?? party.address,
      ...(other === undefined ? {} : { 'source-ip': party.address }),
      ...(domain === undefined ? {} : { domain }),
    },
    evidence: [...new Set(evidence)].slice(0, MAX_EVIDENCE),
  };
}

const inOrder = (a: { at: number; id: string }, b: { at: number; id: string }) =>
  a.at - b.at || (a.id < b.id ? -1 : 1);

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

/** A device of one purpose that talks to the outside. It needs no learning: what is meant to be is in the settings. */
export function judgeOutside(memory: DeviceMemory): Found[] {
  const { party, peers } = memory;
  if (!party.hasOnePurpose) return [];
  const outside = [...peers.met.values()].filter(({ isOutside, isCaller }) => isOutside && !isCaller);
  return [...together(outside)].map((group) => {
    const [first] = group;
    const names = group.map(({ address, port }) =>
      port === undefined ? address : `${address} port ${port}`,
    );
    return found(memory, {
      anchor: `outside ${first.id}`,
      at: first.at,
      severity: group.length > 3 ? 'high' : 'medium',
      summary: `${nameOf(party)} talked to the outside, where it has no business: ${listText(names)}`,
      facts: { parties: group.length, address: first.address, ...portFact(first) },
      evidence: group.map(({ id }) => id),
      tactic: 'T1071',
      count: group.length,
      other: first.address,
    });
  });
}

const portFact = ({ port }: Familiar) => (port === undefined ? {} : { port });

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

/** So little chance in a rhythm is a machine's beyond doubt. */
const REGULAR = 0.05;

/** Calls in a rhythm to somebody outside that was not called in the time of learning. */
export function judgeRhythm(
  memory: DeviceMemory,
  rhythms: readonly Rhythm[],
  address: string,
  settings: CommunicationSettings,
): Found[] {
  const peer = memory.peers.met.get(address);
  const learned = learnedAt(memory, settings);
  if (peer === undefined ? !memory.peers.isFull : peer.at < learned) return [];
  // One connection stands in several logs: the one with the most contacts tells it.
  const best = rhythms
    .map((rhythm) => beaconsIn(rhythm, settings.beacon))
    .reduce<Beacon[]>((most, beacons) => (countOf(beacons) > countOf(most) ? beacons : most), []);
  return best.map((beacon) => {
    const { intervalMs, jitter, count, firstAt, lastAt } = beacon;
    const percent = Math.round(jitter * 100);
    return found(memory, {
      anchor: `beacon ${address} ${beacon.firstId}`,
      at: beacon.at,
      severity: memory.party.hasOnePurpose || jitter < REGULAR ? 'high' : 'medium',
      summary: `${nameOf(memory.party)} called ${address}${peer?.port === undefined ? '' : ` port ${peer.port}`} every ${spanText(intervalMs)} (± ${percent} %), about ${rounded(count)} times in ${spanText(lastAt - firstAt)}: a program reports to its master`,
      facts: {
        intervalSeconds: Math.round(intervalMs / 100) / 10,
        jitterPercent: percent,
        contacts: rounded(count),
        address,
        ...(peer === undefined ? {} : portFact(peer)),
      },
      evidence: beacon.evidence,
      tactic: 'T1071',
      count: rounded(count),
      other: address,
    });
  });
}

const countOf = (beacons: readonly Beacon[]): number => beacons.reduce((sum, { count }) => sum + count, 0);

/** Runs of slots without a pause longer than that. */
function* runsOf<Slot>(
  slots: ReadonlyMap<number, Slot>,
  mostApart: number,
): Iterable<[[number, Slot], ...[number, Slot][]]> {
  let run: [[number, Slot], ...[number, Slot][]] | undefined;
  for (const slot of [...slots].sort(([a], [b]) => a - b)) {
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && slot[0] - last[0] <= mostApart) run.push(slot);
    else {
      if (run !== undefined) yield run;
      run = [slot];
    }
  }
  if (run !== undefined) yield run;
}

interface Tried extends Attempt {
  at: number;
  id: string;
}

/** Many ports of one machine or one port of many, tried in vain, at whatever pace. */
export function judgeAttempts(
  memory: DeviceMemory,
  settings: CommunicationSettings,
  directory: Directory,
): Found[] {
  const { scan } = settings;
  const { party, attempts } = memory;
  return [...runsOf(attempts, Math.ceil(scan.pauseMs / ATTEMPT_SLOT_MS))].flatMap((run) => {
    const firsts = new Map<string, Tried>();
    for (const [, sample] of run)
      for (const { name, at, id, thing } of sample.entries()) {
        const known = firsts.get(name);
        if (known === undefined || inOrder({ at, id }, known) < 0) firsts.set(name, { at, id, ...thing });
      }
    const tried = [...firsts.values()].sort(inOrder);
    const ports = new Map<string, Set<number>>();
    const machines = new Map<string, Set<string>>();
    let reached: Tried | undefined;
    for (const one of tried) {
      const there = ports.get(one.to) ?? new Set();
      ports.set(one.to, there.add(one.port));
      const kind = `${one.isInside ? 'inside' : 'outside'} ${one.port}`;
      const at = machines.get(kind) ?? new Set();
      machines.set(kind, at.add(one.to));
      if (there.size >= scan.ports || at.size >= (one.isInside ? scan.machines : scan.outsideMachines))
        reached ??= one;
    }
    const first = tried[0];
    const last = tried.at(-1);
    if (reached === undefined || first === undefined || last === undefined) return [];
    const mostPorts = Math.max(...[...ports.values()].map(({ size }) => size));
    const span = last.at - first.at;
    const isSlow = reached.at - first.at > 2 * ATTEMPT_SLOT_MS;
    const shape = ports.size === 1 ? 'vertical' : mostPorts === 1 ? 'horizontal' : 'mixed';
    const what =
      ports.size === 1
        ? `${mostPorts} ports of ${nameOf(directory.party(first.to))}`
        : mostPorts === 1
          ? `port ${first.port} of ${ports.size} machines`
          : `up to ${mostPorts} ports of ${ports.size} machines`;
    return [
      found(memory, {
        anchor: `scan ${first.id}`,
        at: reached.at,
        severity: party.isOurs ? 'high' : 'low',
        summary: `${nameOf(party)} tried ${what} in vain within ${spanText(span)}: a ${isSlow ? 'slow ' : ''}scan`,
        facts: {
          shape,
          slow: isSlow,
          machines: ports.size,
          ports: mostPorts,
          seconds: Math.round(span / 1_000),
        },
        evidence: [...tried.slice(0, MAX_EVIDENCE / 2), ...tried.slice(-MAX_EVIDENCE / 2)].map(
          ({ id }) => id,
        ),
        tactic: party.isOurs ? 'T1046' : 'T1595',
        count: rounded(tried.length),
        parties: [...ports.keys()].map((address) => directory.party(address)),
      }),
    ];
  });
}

/** Hours in which far more left for the outside than ever at that time of day. */
export function judgeVolume(memory: DeviceMemory, settings: CommunicationSettings): Found[] {
  const { outflow } = settings;
  const { volumes, party } = memory;
  const learned = learnedAt(memory, settings);
  const floods = new Map<number, Volume & { usual: number }>();
  for (const [hour, volume] of [...volumes].sort(([a], [b]) => a - b)) {
    if (volume.bytes < outflow.bytes || volume.largest.length === 0 || (hour + 1) * HOUR_MS <= learned)
      continue;
    const usual = usualAt(volumes, hour, floods);
    if (volume.bytes >= outflow.factor * usual) floods.set(hour, { ...volume, usual });
  }
  return [...runsOf(floods, 2)].map((run) => {
    const first = run[0][1].first;
    const bytes = run.reduce((sum, [, volume]) => sum + volume.bytes, 0);
    const usual = Math.max(...run.map(([, volume]) => volume.usual));
    const lastAt = Math.max(...run.map(([, volume]) => volume.lastAt));
    const largest = run
      .flatMap(([, volume]) => volume.largest)
      .sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
    const to = [...new Set(largest.map((one) => one.to))];
    const told = rounded(bytes);
    return found(memory, {
      anchor: `outflow ${first.id}`,
      at: first.at,
      severity: 'high',
      summary: `${nameOf(party)} sent ${bytesText(told)} to the outside in ${spanText(Math.max(1_000, lastAt - first.at))}, mostly to ${listText(to)}; at that time of day it had sent ${usual === 0 ? 'nothing' : `at most ${bytesText(rounded(usual))}`} an hour`,
      facts: { bytes: told, usualBytes: rounded(usual), hours: run.length, address: to[0] ?? '' },
      evidence: largest.slice(0, MAX_EVIDENCE).map(({ id }) => id),
      tactic: 'T1048',
      count: run.length,
      other: to[0],
    });
  });
}

/** The most that was sent in an hour at that time of day, one hour earlier or later, on the days before; no flood among them. */
function usualAt(
  volumes: ReadonlyMap<number, Volume>,
  hour: number,
  floods: ReadonlyMap<number, unknown>,
): number {
  let most = 0;
  for (let day = 1; day <= 28; day++)
    for (let shift = -1; shift <= 1; shift++) {
      const at = hour - day * 24 + shift;
      if (!floods.has(at)) most = Math.max(most, volumes.get(at)?.bytes ?? 0);
    }
  return most;
}

const MIN_BITS = 3;

/** Many long names without sense, each asked for once, under one domain: they carry something. */
export function judgeNames(
  memory: DeviceMemory,
  domain: string,
  hours: ReadonlyMap<number, NamesAsked>,
  { tunnel }: CommunicationSettings,
): Found[] {
  const carrying = new Map<number, NamesAsked>();
  for (const [hour, asked] of hours) if (carries(asked, tunnel.length)) carrying.set(hour, asked);
  return [...runsOf(carrying, 3)].flatMap((run) => {
    const counts = run.map(([, { names }]) => names.distinct);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (Math.max(...counts) < tunnel.names && total < 2 * tunnel.names) return [];
    const firsts = run.flatMap(([, { names }]) => [...names.entries()]).sort(inOrder);
    const first = firsts[0];
    const last = firsts.at(-1);
    if (first === undefined || last === undefined) return [];
    const length = firsts.reduce((sum, { thing }) => sum + thing.length, 0) / firsts.length;
    const questions = run.reduce((sum, [, asked]) => sum + asked.questions, 0);
    const records = run.reduce((sum, [, asked]) => sum + asked.records, 0);
    const told = rounded(total);
    return [
      found(memory, {
        anchor: `names ${domain} ${first.id}`,
        at: firsts[Math.min(tunnel.names, firsts.length) - 1]?.at ?? first.at,
        severity: 'high',
        summary: `${nameOf(memory.party)} asked for about ${told} different names under ${domain} in ${spanText(last.at - first.at)}, ${Math.round(length)} signs long on average: data may leave through name servers`,
        facts: {
          names: told,
          questions: rounded(questions),
          meanLength: Math.round(length),
          recordPercent: Math.round((100 * records) / questions),
          domain,
        },
        evidence: firsts.slice(0, MAX_EVIDENCE).map(({ id }) => id),
        tactic: 'T1048.003',
        count: told,
        domain,
      }),
    ];
  });
}

function carries({ names, questions }: NamesAsked, leastLength: number): boolean {
  if (names.size < FEW_NAMES || names.distinct < 0.5 * questions) return false;
  let length = 0;
  let bits = 0;
  for (const { thing } of names.entries()) {
    length += thing.length;
    bits += entropyOf(thing.text);
  }
  return length / names.size >= leastLength && bits / names.size >= MIN_BITS;
}
