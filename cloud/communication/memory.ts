/** What is remembered of one device: sums, firsts and samples that are the same in every order of arrival. */
import { DistinctSample, dropBefore, EarliestInstants, type First, putFirst } from './bounded.ts';
import type { Contact } from './contact.ts';
import type { Party } from './directory.ts';

export const HOUR_MS = 3_600_000;
/** Failed attempts are summed up by this time. */
export const ATTEMPT_SLOT_MS = 10 * 60_000;
/** Parties of one device; one that has more talks to everybody, and nobody is new to it. */
export const MAX_FAMILIAR = 1_024;
/** Hours of which the volume is remembered: four weeks. */
export const VOLUME_HOURS = 28 * 24;
/** Hours of which details are remembered. */
export const DETAIL_HOURS = 48;
const MAX_LARGEST = 8;
const MAX_ATTEMPTS_PER_SLOT = 256;
const MAX_NAMES_PER_HOUR = 256;
/** Domains of a device of which names are remembered. */
const MAX_DOMAINS = 512;
/** Fewer names in an hour carry nothing. */
export const FEW_NAMES = 10;

/** Something met before: when first, and with which observation. */
export interface Familiar extends First {
  readonly party: string;
  readonly address: string;
  readonly port: number | undefined;
  readonly isOutside: boolean;
  /** The other one called. */
  readonly isCaller: boolean;
}

/** Who has been met; full, it says so and takes no more. */
export class Acquaintance {
  readonly met = new Map<string, Familiar>();
  isFull = false;

  /** True: somebody new, or met earlier than it seemed. */
  meet(name: string, at: number, id: string, details: () => Omit<Familiar, 'at' | 'id'>): boolean {
    const known = this.met.get(name);
    if (known !== undefined) return putFirst(known, at, id);
    if (this.met.size >= MAX_FAMILIAR) {
      const was = this.isFull;
      this.isFull = true;
      return !was;
    }
    this.met.set(name, { ...details(), at, id });
    return true;
  }
}

/** What left for the outside in an hour. */
export interface Volume {
  bytes: number;
  first: First;
  lastAt: number;
  /** The largest contacts, largest first; of old hours none. */
  largest: { bytes: number; id: string; to: string; at: number }[];
}

export interface Attempt {
  to: string;
  port: number;
  isInside: boolean;
}

/** Names asked for under one domain in an hour. */
export interface NamesAsked {
  names: DistinctSample<{ length: number; text: string }>;
  questions: number;
  records: number;
}

export class DeviceMemory {
  readonly party: Party;
  site: string;
  source: string;
  readonly first: First;
  readonly peers = new Acquaintance();
  readonly domains = new Acquaintance();
  readonly listeners = new Acquaintance();
  readonly volumes = new Map<number, Volume>();
  /** Hours that may be ones of too much. */
  readonly floodHours = new Set<number>();
  readonly attempts = new Map<number, DistinctSample<Attempt>>();
  readonly asked = new Map<string, Map<number, NamesAsked>>();
  /** By address, and by the log that tells of it. */
  readonly rhythms = new Map<string, Map<string, Rhythm>>();
  newestAt = Number.NEGATIVE_INFINITY;

  constructor(party: Party, { at, id, site, source }: Contact) {
    this.party = party;
    this.site = site;
    this.source = source;
    this.first = { at, id };
  }

  /** True: it was there earlier than it seemed. */
  seen({ at, id, site, source }: Contact): boolean {
    this.newestAt = Math.max(this.newestAt, at);
    if (!putFirst(this.first, at, id)) return false;
    this.site = site;
    this.source = source;
    return true;
  }

  /** @param flood bytes from which on an hour may be one of too much */
  sent(contact: Contact, to: string, flood: number): void {
    const hour = Math.floor(contact.at / HOUR_MS);
    let volume = this.volumes.get(hour);
    if (volume === undefined) {
      volume = { bytes: 0, first: { at: contact.at, id: contact.id }, lastAt: contact.at, largest: [] };
      this.volumes.set(hour, volume);
      this.#dropOld();
    }
    volume.bytes += contact.bytesOut;
    if (volume.bytes >= flood) this.floodHours.add(hour);
    volume.lastAt = Math.max(volume.lastAt, contact.at);
    putFirst(volume.first, contact.at, contact.id);
    const { largest } = volume;
    const least = largest.at(-1);
    if (largest.length >= MAX_LARGEST && least !== undefined && contact.bytesOut < least.bytes) return;
    largest.push({ bytes: contact.bytesOut, id: contact.id, to, at: contact.at });
    largest.sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1));
    if (largest.length > MAX_LARGEST) largest.pop();
  }

  #dropOld(): void {
    const newest = Math.floor(this.newestAt / HOUR_MS);
    dropBefore(this.volumes, newest - VOLUME_HOURS);
    for (const [hour, { largest }] of this.volumes) {
      if (hour >= newest - DETAIL_HOURS) continue;
      largest.length = 0;
      this.floodHours.delete(hour);
    }
  }

  /** True: somewhere new. */
  tried({ at, id }: Contact, attempt: Attempt): boolean {
    const slot = Math.floor(at / ATTEMPT_SLOT_MS);
    let sample = this.attempts.get(slot);
    if (sample === undefined) {
      dropBefore(this.attempts, Math.floor((this.newestAt - DETAIL_HOURS * HOUR_MS) / ATTEMPT_SLOT_MS));
      sample = new DistinctSample(MAX_ATTEMPTS_PER_SLOT);
      this.attempts.set(slot, sample);
    }
    return sample.add(`${attempt.to}|${attempt.port}`, at, id, () => attempt);
  }

  /** The longest known domain under which few names were asked for; what may be a tunnel stays. */
  #leastAsked(): string {
    for (const [domain, hours] of this.asked) {
      let isQuiet = true;
      for (const { names } of hours.values()) isQuiet &&= names.size < FEW_NAMES;
      if (isQuiet) return domain;
    }
    return this.asked.keys().next().value ?? '';
  }

  /** True: another name under the domain. */
  asks({ at, id, question }: Contact, domain: string, front: string): boolean {
    let hours = this.asked.get(domain);
    if (hours === undefined) {
      hours = new Map();
      this.asked.set(domain, hours);
      if (this.asked.size > MAX_DOMAINS) this.asked.delete(this.#leastAsked());
    }
    const hour = Math.floor(at / HOUR_MS);
    let asked = hours.get(hour);
    if (asked === undefined) {
      dropBefore(hours, Math.floor(this.newestAt / HOUR_MS) - DETAIL_HOURS);
      asked = { names: new DistinctSample(MAX_NAMES_PER_HOUR), questions: 0, records: 0 };
      hours.set(hour, asked);
    }
    asked.questions++;
    if (question === 'TXT' || question === 'NULL' || question === 'MX' || question === 'CNAME')
      asked.records++;
    return asked.names.add(front, at, id, () => ({ length: front.length, text: front }));
  }
}

/** Parts of a day in which the contacts with one party are remembered, and how many of them in each. */
export const RHYTHM_PART_MS = 12 * HOUR_MS;
const MAX_INSTANTS = 64;
const MAX_PARTS = 20;

/** When a device called one party, by half days. */
export class Rhythm {
  readonly parts = new Map<number, EarliestInstants>();
  /** Parts behind the first one that had to be left out: the last of them, and their contacts. */
  readonly left = { until: Number.NEGATIVE_INFINITY, count: 0 };
  lastAt = Number.NEGATIVE_INFINITY;

  /** True: what is kept has changed. */
  add(at: number, id: string): boolean {
    this.lastAt = Math.max(this.lastAt, at);
    const part = Math.floor(at / RHYTHM_PART_MS);
    let instants = this.parts.get(part);
    if (instants === undefined) {
      instants = new EarliestInstants(MAX_INSTANTS);
      this.parts.set(part, instants);
      if (this.parts.size > MAX_PARTS) this.#leaveOut();
    }
    return instants.add(at, id);
  }

  /** The first part stays: what has gone on for weeks keeps its beginning. */
  #leaveOut(): void {
    const [, second] = [...this.parts.keys()].sort((a, b) => a - b);
    if (second === undefined) return;
    this.left.until = second;
    this.left.count += this.parts.get(second)?.count ?? 0;
    this.parts.delete(second);
  }
}
