import { severityRank } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Resolved } from '../../devices/model/resolution.ts';
import { surroundingsOf } from '../assets/surroundings.ts';
import type { LinkRules, ObservableClass } from './link-rules.ts';
import { type Head, type Key, type Mark, newKey, type Place, siteOf, Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import { classifyObservable, commonAccounts } from './observable-class.ts';
import { compareText } from './order.ts';
import { type KeyMaker, makePlace, type SharedKind } from './place.ts';
import { themeOf } from './theme.ts';
import type { Correlated } from './traits.ts';
import { mixed, TraitsTable } from './traits-table.ts';
import { type PlainVia, strengthOf, type Via, viaOfResolved, viaOfUse } from './via.ts';

/** Says how rare something is, in bits; asked once for each detection. */
export interface RaritySayer {
  bitsOf(head: Head, places: readonly Place[], atMs: number): number | undefined;
}

/** Turns detections into traits against one registry and one table of rules. */
export interface Catalogue {
  /**
   * Equal detections, but for id and time, have the same traits object.
   * @param rarity says how rare it is; without it that is not known
   */
  traitsOf(detection: Correlated, rarity?: RaritySayer): Traits;
  /** The same, judged otherwise as to how rare it was. */
  judged(traits: Traits, bits: number | undefined): Traits;
  /** Forgets all traits, unknown assets and marks but those of `kept`, so that memory follows what is held. */
  retain(kept: Iterable<Traits>): void;
}

/** Pure but for its memory: the same detection always gives equal traits. */
export function catalogueOf(registry: Registry, rules: LinkRules): Catalogue {
  const surroundings = surroundingsOf(registry);
  const shared = new Set(registry.document.sharedAddresses.map((address) => address.toLowerCase()));
  const identityMs = Math.max(rules.strength.identity.windowMs, rules.strength.identityAcrossWorlds.windowMs);
  const placeKeys: Readonly<Record<SharedKind, Map<string, Key>>> = {
    guard: new Map(),
    host: new Map(),
    depends: new Map(),
    zone: new Map(),
  };
  const keyOf: KeyMaker = (kind, name, windowMs) => {
    const found = placeKeys[kind].get(name);
    if (found !== undefined) return found;
    const made = newKey(windowMs);
    placeKeys[kind].set(name, made);
    return made;
  };
  /** Each in a list of its own: most detections name one asset only, and then that list is theirs. */
  const places = new Map<string, readonly [Place]>();
  /** By rule and site: of severities and tactics there are few. */
  const heads = new Map<string, Map<string | undefined, Head[]>>();
  const marks = new Map<Mark['class'], Map<string, Mark>>();
  const table = new TraitsTable();
  const rarities = new Map<string, Key>();
  const vias = new Map<string, readonly Via[]>();
  const named = new Named();
  const { identities: people, links = [] } = registry.document;
  const knowsPeople = people.length > 0 || links.length > 0;
  const knowsUsers =
    links.length > 0 || people.some((one) => one.hosts !== undefined || one.vehicles !== undefined);
  let numbers = 0;

  const placeOf = (id: string): readonly [Place] => {
    const found = places.get(id);
    if (found !== undefined) return found;
    const made = makePlace(numbers++, id, registry.asset(id), registry, surroundings, rules, keyOf);
    const alone = [made] as const;
    places.set(id, alone);
    return alone;
  };
  const placesOf = (ids: readonly string[]): readonly Place[] => {
    const [only] = ids;
    if (only === undefined) return NOTHING;
    if (ids.length > 1) return [...new Set(ids)].sort(compareText).flatMap(placeOf);
    return placeOf(only);
  };
  const marksOf = (of: Mark['class']): Map<string, Mark> => {
    const found = marks.get(of);
    if (found !== undefined) return found;
    const made = new Map<string, Mark>();
    marks.set(of, made);
    return made;
  };
  const markOf = (of: Mark['class'], value: string, person: Identity | undefined): Mark => {
    const known = marksOf(of);
    const found = known.get(value);
    if (found !== undefined) return found;
    const made: Mark = {
      windowMs: of === 'identity' ? identityMs : rules.observables[of].windowMs,
      slot: NONE,
      number: numbers++,
      kind: of === 'identity' ? 'identity' : 'observable',
      class: of,
      value,
      person,
      hub:
        of === 'identity'
          ? person?.kind === 'service'
          : of === 'other' || ((of === 'ip' || of === 'inside-ip') && shared.has(value)),
    };
    known.set(value, made);
    return made;
  };

  const nameIdentities = ({ identities, observables, assets }: Correlated): void => {
    for (const name of identities) {
      // Some sources write in front what kind of name it is.
      const plain = name.includes(':') ? name.replace(/^(account|badge|identity|person|user):/, '') : name;
      const known = registry.identity(plain);
      const resolved =
        known !== undefined
          ? { person: known }
          : (registry.resolved({ badge: plain }) ??
            registry.resolved({ account: plain }, observables.host ?? assets[0]));
      const person = resolved?.person;
      const isCommon = person === undefined && commonAccounts.has(plain.toLowerCase());
      if (isCommon) named.add(markOf('common-account', plain.toLowerCase(), undefined), 'identity');
      else {
        const via = resolved === undefined ? 'identity' : viaOfResolved('identity', resolved);
        named.add(markOf('identity', person?.id ?? plain, person), via);
      }
    }
  };
  const personOf = (
    via: PlainVia,
    value: string,
    { observables, assets }: Correlated,
  ): Resolved | undefined => {
    if (!knowsPeople || via === 'itself') return undefined;
    if (via === 'badge') return registry.resolved({ badge: value });
    return registry.resolved({ account: value }, observables.host ?? assets[0]);
  };
  /** What happens to a host or vehicle that one person alone uses concerns that person. */
  const nameUsers = ({ assets }: Correlated): void => {
    for (const asset of assets) {
      const user = registry.userOf(asset);
      if (user !== undefined) named.add(markOf('identity', user.person.id, user.person), viaOfUse(user));
    }
  };
  const nameObservables = (detection: Correlated): void => {
    const { observables } = detection;
    for (const key in observables) {
      const observable = classifyObservable(key, observables[key] ?? '');
      if (observable === undefined) continue;
      const { class: of, value } = observable;
      const via = viaOf(of);
      const resolved = personOf(via, value, detection);
      if (resolved !== undefined) {
        const { person } = resolved;
        named.add(markOf('identity', person.id, person), viaOfResolved(via, resolved));
      } else named.add(markOf(of, value, undefined), 'itself');
    }
  };

  const headsOf = (rule: string, site: string | undefined): Head[] => {
    let bySite = heads.get(rule);
    if (bySite === undefined) {
      bySite = new Map();
      heads.set(rule, bySite);
    }
    let list = bySite.get(site);
    if (list === undefined) {
      list = [];
      bySite.set(site, list);
    }
    return list;
  };
  const headOf = ({ rule, severity, tactic, site }: Correlated): Head => {
    const list = headsOf(rule, site);
    for (const head of list) if (head.severity === severity && head.tactic === tactic) return head;
    const theme = themeOf(tactic === undefined ? { rule } : { rule, tactic });
    const rank = severityRank(severity);
    const made: Head = {
      number: numbers++,
      rule,
      severity,
      rank,
      tactic,
      site,
      theme,
      faintness: rank >= 2 ? undefined : rank === 1 ? 'low' : 'info',
      placed: theme.ordinary !== true && rank > 0,
      habit: undefined,
    };
    list.push(made);
    return made;
  };
  const rarityOf = ({ theme, faintness, site }: Head, at: readonly Place[], bits: number | undefined) => {
    // A remark and everyday business are no sign of anything, however rare.
    if (bits === undefined || bits < rules.habit.rareBits) return undefined;
    if (theme.ordinary === true || faintness === 'info') return undefined;
    const where = siteOf(site, at) ?? '';
    const found = rarities.get(where);
    if (found !== undefined) return found;
    const made = newKey(rules.rarity.windowMs);
    rarities.set(where, made);
    return made;
  };
  const viasOf = (list: readonly Via[]): readonly Via[] => {
    if (list.length === 0) return NOTHING;
    const name = list.join('\n');
    const found = vias.get(name);
    if (found !== undefined) return found;
    const made = [...list];
    vias.set(name, made);
    return made;
  };

  return {
    traitsOf(detection, sayer) {
      named.clear();
      if (detection.identities.length > 0) nameIdentities(detection);
      nameObservables(detection);
      if (knowsUsers) nameUsers(detection);
      const head = headOf(detection);
      const at = placesOf(detection.assets);
      const bits = sayer?.bitsOf(head, at, detection.at);
      const hash = hashOf(head, at, named);
      const found = table.find(hash, head, at, named.marks, named.via, bits);
      if (found !== undefined) return found;
      const rarity = rarityOf(head, at, bits);
      return table.put(hash, new Traits(head, at, exact(named.marks), viasOf(named.via), bits, rarity));
    },
    judged(traits, bits) {
      if (bits === traits.bits) return traits;
      const { head, places: at, marks: marked, via, hash } = traits;
      const found = table.find(hash, head, at, marked, via, bits);
      return found ?? table.put(hash, new Traits(head, at, marked, via, bits, rarityOf(head, at, bits)));
    },
    retain(kept) {
      table.clear();
      marks.clear();
      heads.clear();
      for (const [id, [{ asset }]] of places) if (asset === undefined) places.delete(id);
      for (const traits of kept) {
        const { head, places: at, hash } = traits;
        if (table.find(hash, head, at, traits.marks, traits.via, traits.bits) !== undefined) continue;
        table.put(hash, traits);
        const list = headsOf(head.rule, head.site);
        if (!list.includes(head)) list.push(head);
        for (const mark of traits.marks) marksOf(mark.class).set(mark.value, mark);
        for (const place of at) if (!places.has(place.id)) places.set(place.id, [place]);
      }
    },
  };
}

/** What a detection names, each once, in an order that does not depend on how it was written down. */
class Named {
  readonly marks: Mark[] = [];
  readonly via: Via[] = [];

  clear(): void {
    this.marks.length = 0;
    this.via.length = 0;
  }

  add(mark: Mark, via: Via): void {
    let index = 0;
    for (; index < this.marks.length; index++) {
      const other = this.marks[index];
      if (other === mark) {
        // A badge or an account says more about how somebody acted than the bare name; of the two, the badge.
        const held = this.via[index] ?? 'itself';
        const by = strengthOf(via) - strengthOf(held);
        if (by > 0 || (by === 0 && compareText(via, held) < 0)) this.via[index] = via;
        return;
      }
      if (other !== undefined && compareMarks(mark, other) < 0) break;
    }
    if (index === this.marks.length) {
      this.marks.push(mark);
      this.via.push(via);
    } else {
      this.marks.splice(index, 0, mark);
      this.via.splice(index, 0, via);
    }
  }
}

const compareMarks = (a: Mark, b: Mark): number =>
  compareText(a.class, b.class) || compareText(a.value, b.value);

const NOTHING: readonly never[] = [];

/** A copy without the room that a growing list reserves. */
const exact = <Value>(list: readonly Value[]): readonly Value[] => (list.length === 0 ? NOTHING : [...list]);

/** Of all that traits are found by but how rare they were. */
function hashOf(head: Head, places: readonly Place[], { marks, via }: Named): number {
  let hash = head.number;
  for (const place of places) hash = mixed(hash, place.number);
  hash = mixed(hash, places.length);
  for (let index = 0; index < marks.length; index++)
    hash = mixed(hash, (marks[index]?.number ?? 0) * 8 + strengthOf(via[index]));
  // Zero stands for nothing in the table.
  return hash === 0 ? 1 : hash;
}

function viaOf(of: ObservableClass): PlainVia {
  if (of === 'badge') return 'badge';
  return of === 'account' || of === 'common-account' || of === 'email' ? 'account' : 'itself';
}
