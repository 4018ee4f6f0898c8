/** Sharing with partners: groups, what each may get, who approved it, and a record of what left, to whom and how. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { sha256Of } from '../audit/canonical.ts';
import { incidentFacts } from '../intelligence/incident-facts.ts';
import { tlpLevel, tlpRank } from '../intelligence/indicator.ts';
import type { Intelligence } from '../intelligence/intelligence.ts';
import { incidentBundle } from '../intelligence/stix/export-incident.ts';
import { houseId } from '../intelligence/stix/identifiers.ts';
import type { StixObject } from '../intelligence/taxii/resources.ts';
import type { AuditEntry, Store } from '../store/store.ts';
import { anonymised, type HouseNames, type Removal, sharingRules } from './anonymising.ts';

export const GROUP_DOCUMENT = 'sharing-group';
export const SHARE_DOCUMENT = 'share';
export const MAX_GROUPS = 100;
/** Shares that are kept; of those that are over the oldest go. */
export const MAX_SHARES = 5_000;

export const groupRequest = z.strictObject({
  name: plainText.min(1).max(128),
  /** Nothing stricter goes to this group. */
  tlp: tlpLevel,
  /** Whom it stands for. */
  partners: z
    .array(z.strictObject({ name: plainText.min(1).max(128), contact: plainText.max(256).default('') }))
    .min(1)
    .max(200),
  /** Collection of the TAXII server, by its alias; empty: by file alone. */
  collection: z.string().max(128).default(''),
  rules: sharingRules.prefault({}),
  /** Whether another person than the one who proposed it must approve. */
  fourEyes: z.boolean().default(true),
});
export const group = groupRequest.extend({ id: z.string().max(64), by: plainText, at: instant });
export type Group = z.infer<typeof group>;

const share = z.strictObject({
  id: z.string().max(64),
  incident: z.string().max(256),
  group: z.string().max(64),
  /** As they were called then. */
  groupName: plainText,
  partners: z.array(plainText).max(200),
  tlp: tlpLevel,
  state: z.enum(['proposed', 'refused', 'sent', 'taken-back']),
  proposed: z.strictObject({ at: instant, by: plainText, text: plainText }),
  decided: z.strictObject({ at: instant, by: plainText, text: plainText }).optional(),
  /** `taxii` or `file`. */
  how: z.enum(['taxii', 'file']).optional(),
  /** Of the objects that were approved, in canonical JSON. */
  sha256: z.string().length(64),
  objects: z.number().int(),
  removed: z.number().int(),
});
export type Share = z.infer<typeof share>;

/** What stands in the way; its message is fit for a person. */
export class SharingProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'SharingProblem';
    this.code = code;
  }
}

export interface Prepared {
  objects: StixObject[];
  removed: Removal[];
  sha256: string;
}

export interface SharingParts {
  store: Store;
  registry: Registry;
  clock: Clock;
  intelligence: Intelligence;
}

interface Doer {
  name: string;
  from: string;
}

export class Sharing {
  readonly #parts: SharingParts;

  constructor(parts: SharingParts) {
    this.#parts = parts;
  }

  groups(): Group[] {
    return this.#parts.store
      .documents(GROUP_DOCUMENT)
      .flatMap(({ value }) => group.safeParse(value).data ?? []);
  }

  /** The newest first. */
  shares(): Share[] {
    return this.#parts.store
      .documents(SHARE_DOCUMENT)
      .flatMap(({ value }) => share.safeParse(value).data ?? [])
      .sort((a, b) => b.proposed.at - a.proposed.at || (a.id < b.id ? -1 : 1));
  }

  /** Collections that incidents may be put into. */
  collections(): { alias: string; title: string; tlp: string }[] {
    const { share: settings } = this.#parts.intelligence.settings;
    return (settings?.collections ?? [])
      .filter(({ holds }) => holds === 'incidents')
      .map(({ alias, title, tlp }) => ({ alias, title, tlp }));
  }

  /** @param id undefined: a new one */
  async putGroup(id: string | undefined, wish: z.infer<typeof groupRequest>, doer: Doer): Promise<Group> {
    const { store, clock } = this.#parts;
    const known = this.groups();
    if (id !== undefined && !known.some((one) => one.id === id)) throw noGroup();
    if (id === undefined && known.length >= MAX_GROUPS)
      throw new SharingProblem('too-many', `There are ${MAX_GROUPS} groups already.`);
    const collection = this.collections().find(({ alias }) => alias === wish.collection);
    if (wish.collection !== '' && collection === undefined)
      throw new SharingProblem('collection', 'There is no such collection of incidents.');
    const one: Group = { ...wish, id: id ?? randomUUID(), by: doer.name, at: clock.now() };
    await store.putDocuments(
      [{ kind: GROUP_DOCUMENT, id: one.id, value: one }],
      this.#entry(doer, 'sharing.group', `${one.id} ${one.name} TLP:${one.tlp} ${JSON.stringify(one.rules)}`),
    );
    return one;
  }

  async dropGroup(id: string, doer: Doer): Promise<void> {
    if (!this.groups().some((one) => one.id === id)) throw noGroup();
    await this.#parts.store.putDocuments(
      [{ kind: GROUP_DOCUMENT, id, value: undefined }],
      this.#entry(doer, 'sharing.group-removed', id),
    );
  }

  /** What would leave, and all that would be taken out of it before. @throws SharingProblem */
  prepare(incident: string, groupId: string): Prepared {
    const { store, registry, intelligence } = this.#parts;
    const { settings, library } = intelligence;
    const to = this.#group(groupId);
    if (tlpRank(settings.tlp) > tlpRank(to.tlp))
      throw new SharingProblem(
        'tlp',
        `What leaves this house is marked TLP:${settings.tlp.toUpperCase()}; this group may get up to TLP:${to.tlp.toUpperCase()}.`,
      );
    const facts = incidentFacts(incident, store, registry, { ...settings, withPersons: to.rules.people });
    if (facts === undefined) throw new SharingProblem('not-found', 'There is no such incident.');
    const bundle = incidentBundle(facts, (source, one) => library.find(source, one));
    const { objects, removed } = anonymised(bundle.objects, to.rules, this.#names());
    const names: Removal[] = to.rules.people
      ? []
      : facts.incident.identities.map((id) => ({
          rule: 'people',
          where: 'incident',
          was: registry.identity(id)?.name ?? id,
          now: facts.redaction.person({ identity: id }) ?? 'a person',
        }));
    return { objects, removed: [...names, ...removed], sha256: sha256Of(objects) };
  }

  async propose(incident: string, groupId: string, text: string, doer: Doer): Promise<Share> {
    const { clock, store } = this.#parts;
    const to = this.#group(groupId);
    const { objects, removed, sha256 } = this.prepare(incident, groupId);
    const one: Share = {
      id: randomUUID(),
      incident: store.currentIncident(incident),
      group: to.id,
      groupName: to.name,
      partners: to.partners.map(({ name }) => name),
      tlp: this.#parts.intelligence.settings.tlp,
      state: 'proposed',
      proposed: { at: clock.now(), by: doer.name, text },
      sha256,
      objects: objects.length,
      removed: removed.length,
    };
    await this.#put(one, this.#entry(doer, 'share.propose', `${one.id} ${incident} to ${to.name} ${sha256}`));
    return one;
  }

  /** @param approves false: it is refused */
  async decide(
    id: string,
    approves: boolean,
    text: string,
    how: 'taxii' | 'file',
    doer: Doer,
  ): Promise<Share> {
    const { clock, intelligence } = this.#parts;
    const known = this.share(id);
    if (known.state !== 'proposed') throw new SharingProblem('decided', 'This was decided already.');
    const decided = { at: clock.now(), by: doer.name, text };
    if (!approves) {
      const refused: Share = { ...known, state: 'refused', decided };
      await this.#put(refused, this.#entry(doer, 'share.refuse', `${id} ${text}`));
      return refused;
    }
    const to = this.#group(known.group);
    if (to.fourEyes && doer.name === known.proposed.by)
      throw new SharingProblem('four-eyes', 'Somebody else has to approve what you proposed.');
    const { objects, sha256 } = this.prepare(known.incident, known.group);
    // What leaves is what was looked at: the incident, or the rules, may have changed since.
    if (sha256 !== known.sha256)
      throw new SharingProblem('changed', 'The incident or the rules changed since. Propose it again.');
    if (how === 'taxii' && to.collection === '')
      throw new SharingProblem('collection', 'This group has no collection: it gets a file.');
    const sent: Share = { ...known, state: 'sent', decided, how };
    // The record first: nothing may leave without it.
    await this.#put(
      sent,
      this.#entry(
        doer,
        'share.send',
        `${id} ${known.incident} to ${to.name} by ${how}, ${objects.length} objects ${sha256}`,
      ),
    );
    if (how === 'taxii' && intelligence.releaseTo(to.collection, known.incident, objects) === undefined)
      throw new SharingProblem('collection', 'The collection of this group is no longer there.');
    return sent;
  }

  async takeBack(id: string, text: string, doer: Doer): Promise<Share> {
    const { store, intelligence } = this.#parts;
    const known = this.share(id);
    if (known.state !== 'sent') throw new SharingProblem('not-sent', 'This was not sent.');
    const one: Share = { ...known, state: 'taken-back' };
    await this.#put(one, this.#entry(doer, 'share.take-back', `${id} ${text}`));
    const incident = store.currentIncident(known.incident);
    const collection = this.groups().find((to) => to.id === known.group)?.collection;
    if (known.how === 'taxii' && collection !== undefined)
      intelligence.takeBack((released) => store.currentIncident(released) === incident, collection);
    return one;
  }

  share(id: string): Share {
    const found = share.safeParse(this.#parts.store.document(SHARE_DOCUMENT, id)?.value).data;
    if (found === undefined) throw new SharingProblem('not-found', 'There is no such share.');
    return found;
  }

  /** The file of a share that was sent; undefined where the incident has changed since. */
  bundle(one: Share): object | undefined {
    const { objects, sha256 } = this.prepare(one.incident, one.group);
    return sha256 === one.sha256
      ? { type: 'bundle', id: houseId('bundle', one.id, sha256), objects }
      : undefined;
  }

  #group(id: string): Group {
    const found = this.groups().find((one) => one.id === id);
    if (found === undefined) throw noGroup();
    return found;
  }

  /** What our sites, zones and assets are called, each with what is said in its place. */
  #names(): HouseNames {
    const { sites, zones, assets } = this.#parts.registry.document;
    const places = new Map<string, string>();
    const say = (kind: string, list: readonly { id: string; name: string }[]) => {
      list.forEach(({ id, name }, index) => {
        for (const word of [name, id])
          if (word.length >= 3) places.set(word.toLowerCase(), `${kind}-${index + 1}`);
      });
    };
    say('asset', assets);
    say('zone', zones);
    say('site', sites);
    return { places };
  }

  async #put(one: Share, entry: AuditEntry): Promise<void> {
    const over = this.shares().filter(({ state, id }) => state !== 'proposed' && id !== one.id);
    const gone = over.slice(MAX_SHARES - 1);
    await this.#parts.store.putDocuments(
      [
        { kind: SHARE_DOCUMENT, id: one.id, value: one },
        ...gone.map(({ id }) => ({ kind: SHARE_DOCUMENT, id, value: undefined })),
      ],
      entry,
    );
  }

  #entry({ name, from }: Doer, action: string, about: string): AuditEntry {
    return { at: this.#parts.clock.now(), by: name, from, action, about: about.slice(0, 2_000) };
  }
}

const noGroup = (): SharingProblem => new SharingProblem('not-found', 'There is no such group.');
