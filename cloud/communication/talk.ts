/** All that is remembered of who talks to whom, and what has to be judged again after something new. */
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { detectionFrom, FindingBook } from '../monitors/finding.ts';
import type { Found, Judgement } from '../monitors/monitor.ts';
import { RecentIds, type Standing } from '../monitors/standing.ts';
import { judgeAttempts } from './attempts.ts';
import { type Contact, readContact, registeredPart } from './contact.ts';
import { Directory, type Party } from './directory.ts';
import { learnedAt } from './finding.ts';
import { judgeDomains, judgeListeners, judgeOutside, judgePeers } from './firsts.ts';
import { DETAIL_HOURS, DeviceMemory, HOUR_MS, Rhythm } from './memory.ts';
import { judgeVolume } from './outflow.ts';
import { judgeRhythm } from './rhythm.ts';
import type { CommunicationSettings } from './settings.ts';
import { judgeNames } from './tunnel.ts';

/** Devices of ours, and strangers who try our doors; beyond it those quiet for longest go, and are counted. */
export const MAX_DEVICES = 20_000;
export const MAX_STRANGERS = 20_000;
/** Pairs of device and outside party whose rhythm is remembered. */
export const MAX_RHYTHMS = 20_000;
/** NTP. */
const TIME_PORT = 123;
/** So many go at once: to look for the oldest takes as long for one as for many. */
const GOING_SHARE = 16;

/** What is judged apart, and the rule's name for it. */
const rules = {
  outside: 'device-talks-outside',
  peers: 'new-peer',
  domains: 'new-domain',
  listeners: 'new-listener',
  rhythm: 'beaconing',
  attempts: 'network-scan',
  volume: 'exfiltration-volume',
  names: 'dns-tunnel',
} as const;
type Facet = keyof typeof rules;

export const communicationRules: readonly string[] = Object.values(rules);

/** What has to be judged again. */
interface Due {
  memory: DeviceMemory;
  facet: Facet;
  /** The party of a rhythm, the domain of names. */
  about: string;
}

export class Talk implements Standing {
  readonly #settings: CommunicationSettings;
  readonly #registry: Registry;
  readonly #directory: Directory;
  readonly #devices = new Map<string, DeviceMemory>();
  readonly #strangers = new Map<string, DeviceMemory>();
  readonly #book = new FindingBook();
  readonly #recent = new RecentIds();
  #due = new Map<string, Due>();
  #rhythms = 0;
  forgotten = 0;

  constructor(settings: CommunicationSettings, registry: Registry) {
    this.#settings = settings;
    this.#registry = registry;
    this.#directory = new Directory(settings, registry);
  }

  observe(observations: readonly Observation[]): Judgement {
    for (const observation of observations) {
      const contact = readContact(observation);
      if (contact !== undefined && this.#recent.add(contact.id)) this.#take(contact);
    }
    const judgement: Judgement = { put: [], withdraw: [] };
    const due = this.#due;
    this.#due = new Map();
    for (const [key, one] of due) {
      const { memory, facet } = one;
      const detections = this.#judge(one).map((found) =>
        detectionFrom(rules[facet], memory.party.name, found, memory.source, this.#registry),
      );
      this.#book.put(key, detections, judgement);
    }
    return judgement;
  }

  /** Everything here follows from what was seen, not from what was not. */
  pass(): Judgement {
    return { put: [], withdraw: [] };
  }

  #take(contact: Contact): void {
    const from = this.#directory.party(contact.from);
    const to = contact.to === undefined ? undefined : this.#directory.party(contact.to);
    if (from.isUsual || (to?.isUsual === true && contact.question === undefined)) return;
    if (from.isOurs) this.#called(contact, from, to);
    else if (contact.failed && to?.isOurs === true && contact.port !== undefined) {
      const stranger = this.#memoryOf(this.#strangers, MAX_STRANGERS, from, contact);
      this.#tried(stranger, contact, to, contact.port);
    }
    // Only what answered shows that somebody is listening.
    if (to?.isOurs === true && contact.question === undefined && !contact.failed && contact.bytesIn > 0)
      this.#answered(contact, from, to);
  }

  #called(contact: Contact, from: Party, to: Party | undefined): void {
    const memory = this.#memoryOf(this.#devices, MAX_DEVICES, from, contact);
    if (contact.question !== undefined) {
      this.#asked(memory, contact);
      return;
    }
    if (to === undefined) return;
    const { at, id, port } = contact;
    const isOutside = !to.isOurs;
    if (contact.domain !== undefined && this.#directory.isUsualName(contact.domain)) return;
    if (contact.failed) {
      if (port !== undefined) this.#tried(memory, contact, to, port);
      return;
    }
    // Everything that has a clock asks for the time.
    if (isOutside && port === TIME_PORT && from.hasOnePurpose) return;
    const isNew = memory.peers.meet(to.address, at, id, () => ({
      party: to.name,
      address: to.address,
      port,
      isOutside,
      isCaller: false,
    }));
    if (isNew) {
      this.#look(memory, 'peers');
      if (isOutside) this.#look(memory, 'outside');
    }
    if (!isOutside) return;
    if (contact.bytesOut > 0) this.#sent(memory, contact, to.address);
    this.#rhythm(memory, contact, to.address, isNew);
  }

  #answered(contact: Contact, from: Party, to: Party): void {
    const memory = this.#memoryOf(this.#devices, MAX_DEVICES, to, contact);
    const { at, id, port, protocol } = contact;
    const familiar = { address: from.address, isOutside: !from.isOurs, isCaller: true };
    if (port !== undefined) {
      const service = `${protocol} port ${port}`;
      if (memory.listeners.meet(service, at, id, () => ({ ...familiar, party: service, port })))
        this.#look(memory, 'listeners');
    }
    if (!to.hasOnePurpose) return;
    const details = () => ({ ...familiar, party: from.name, port });
    if (memory.peers.meet(`caller ${from.address}`, at, id, details)) this.#look(memory, 'peers');
  }

  #asked(memory: DeviceMemory, contact: Contact): void {
    const { at, id, domain: name = '' } = contact;
    const domain = registeredPart(name);
    if (domain === undefined || this.#directory.isUsualName(name)) return;
    const details = () => ({ party: domain, address: '', port: undefined, isOutside: true, isCaller: false });
    if (memory.domains.meet(domain, at, id, details)) this.#look(memory, 'domains');
    const front = name.slice(0, -domain.length - 1);
    if (front === '') return;
    const isNew = memory.asks(contact, domain, front);
    if (isNew || this.#book.has(keyOf(memory, 'names', domain))) this.#look(memory, 'names', domain);
  }

  #tried(memory: DeviceMemory, contact: Contact, to: Party, port: number): void {
    const attempt = { to: to.address, port, isInside: to.isOurs };
    if (memory.tried(contact, attempt)) this.#look(memory, 'attempts');
  }

  #sent(memory: DeviceMemory, contact: Contact, to: string): void {
    memory.sent(contact, to, this.#settings.outflow.bytes);
    if (memory.floodHours.size > 0) this.#look(memory, 'volume');
  }

  #rhythm(memory: DeviceMemory, { at, id, form }: Contact, address: string, isNew: boolean): void {
    const peer = memory.peers.met.get(address);
    const learned = learnedAt(memory, this.#settings);
    // Whom it called while it was learned about, it may call in a rhythm; what is late may still show otherwise.
    if (peer !== undefined && peer.at < learned && memory.newestAt > learned + DETAIL_HOURS * HOUR_MS) {
      this.#rhythms -= memory.rhythms.get(address)?.size ?? 0;
      memory.rhythms.delete(address);
      return;
    }
    let forms = memory.rhythms.get(address);
    if (forms === undefined) {
      forms = new Map();
      memory.rhythms.set(address, forms);
    }
    let rhythm = forms.get(form);
    if (rhythm === undefined) {
      rhythm = new Rhythm();
      forms.set(form, rhythm);
      this.#rhythms++;
      if (this.#rhythms > MAX_RHYTHMS) this.#dropRhythms();
    }
    const changed = rhythm.add(at, id);
    if (changed || isNew || this.#book.has(keyOf(memory, 'rhythm', address)))
      this.#look(memory, 'rhythm', address);
  }

  #look(memory: DeviceMemory, facet: Facet, about = ''): void {
    this.#due.set(keyOf(memory, facet, about), { memory, facet, about });
  }

  #judge({ memory, facet, about }: Due): Found[] {
    const settings = this.#settings;
    switch (facet) {
      case 'outside':
        return judgeOutside(memory);
      case 'peers':
        return judgePeers(memory, settings, this.#directory);
      case 'domains':
        return judgeDomains(memory, settings);
      case 'listeners':
        return judgeListeners(memory, settings, this.#directory);
      case 'attempts':
        return judgeAttempts(memory, settings, this.#directory);
      case 'volume':
        return judgeVolume(memory, settings);
      case 'names':
        return judgeNames(memory, about, memory.asked.get(about) ?? new Map(), settings);
      case 'rhythm':
        return judgeRhythm(memory, [...(memory.rhythms.get(about)?.values() ?? [])], about, settings);
    }
  }

  #memoryOf(memories: Map<string, DeviceMemory>, most: number, party: Party, contact: Contact): DeviceMemory {
    let memory = memories.get(party.name);
    if (memory === undefined) {
      memory = new DeviceMemory(party, contact);
      memories.set(party.name, memory);
      if (memories.size > most) this.#dropQuietest(memories, Math.ceil(most / GOING_SHARE));
    }
    if (memory.seen(contact)) this.#lookAtAll(memory);
    return memory;
  }

  /** Seen earlier than was known, it has learned earlier. */
  #lookAtAll(memory: DeviceMemory): void {
    for (const facet of ['peers', 'domains', 'listeners', 'volume'] as const) this.#look(memory, facet);
    for (const address of memory.rhythms.keys()) this.#look(memory, 'rhythm', address);
  }

  #dropQuietest(memories: Map<string, DeviceMemory>, count: number): void {
    const quietest = [...memories].sort(([, a], [, b]) => a.newestAt - b.newestAt).slice(0, count);
    for (const [name, memory] of quietest) {
      memories.delete(name);
      this.forgotten++;
      for (const forms of memory.rhythms.values()) this.#rhythms -= forms.size;
      const keys = (Object.keys(rules) as Facet[]).map((facet) => keyOf(memory, facet, ''));
      const rhythms = [...memory.rhythms.keys()].map((address) => keyOf(memory, 'rhythm', address));
      const names = [...memory.asked.keys()].map((domain) => keyOf(memory, 'names', domain));
      for (const key of [...keys, ...rhythms, ...names]) {
        this.#book.forget(key);
        this.#due.delete(key);
      }
    }
  }

  #dropRhythms(): void {
    const all = [...this.#devices.values()].flatMap((memory) =>
      [...memory.rhythms].map(([address, forms]) => ({
        memory,
        address,
        forms,
        lastAt: Math.max(...[...forms.values()].map(({ lastAt }) => lastAt)),
      })),
    );
    all.sort((a, b) => a.lastAt - b.lastAt);
    for (const { memory, address, forms } of all.slice(0, Math.ceil(MAX_RHYTHMS / GOING_SHARE))) {
      memory.rhythms.delete(address);
      this.#rhythms -= forms.size;
      this.forgotten++;
      this.#book.forget(keyOf(memory, 'rhythm', address));
      this.#due.delete(keyOf(memory, 'rhythm', address));
    }
  }
}

const keyOf = ({ party }: DeviceMemory, facet: Facet, about: string): string =>
  `${party.name}|${facet}|${about}`;
