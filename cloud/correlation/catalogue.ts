import type { Registry } from '../../devices/model/registry.ts';
import type { Resolved } from '../../devices/model/resolution.ts';
import { surroundingsOf } from '../assets/surroundings.ts';
import { addressing } from '../registry/inside-addresses.ts';
import { Heads } from './heads.ts';
import type { LinkRules, ObservableClass } from './link-rules.ts';
import { Marks } from './marks.ts';
import { type Head, type Key, type Mark, newKey, type Place, siteOf, Traits } from './memory.ts';
import { Named } from './named.ts';
import { Neighbourhoods } from './neighbourhoods.ts';
import { classifyObservable, commonAccounts } from './observable-class.ts';
import { compareText } from './order.ts';
import { makePlace } from './place.ts';
import type { SavedTraits } from './saved-traits.ts';
import type { KeyMaker, SharedKind } from './shared-keys.ts';
import type { Correlated } from './traits.ts';
import { mixed, TraitsTable, type Wanted } from './traits-table.ts';
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
  /** Those that were written down by a catalogue of the same registry and rules. */
  revived(saved: SavedTraits): Traits;
  /** Forgets all traits, unknown assets and marks but those of `kept`, so that memory follows what is held. */
  retain(kept: Iterable<Traits>): void;
}

/** Pure but for its memory: the same detection always gives equal traits. */
export function catalogueOf(registry: Registry, rules: LinkRules): Catalogue {
  const surroundings = surroundingsOf(registry);
  const shared = new Set(registry.document.sharedAddresses.map((address) => address.toLowerCase()));
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
  const neighbourhoods = new Neighbourhoods(registry, surroundings, rules, keyOf);
  /** Each in a list of its own: most detections name one asset only, and then that list is theirs. */
  const places = new Map<string, readonly [Place]>();
  let numbers = 0;
  const numberOfNext = () => numbers++;
  const heads = new Heads(numberOfNext);
  const marks = new Marks(rules, shared, numberOfNext);
  const table = new TraitsTable();
  const rarities = new Map<string, Key>();
  const vias = new Map<string, readonly Via[]>();
  const named = new Named();
  const { identities: people, links = [] } = registry.document;
  const addressed = addressing(registry);
  const knowsPeople = people.length > 0 || links.length > 0;
  const knowsUsers =
    links.length > 0 || people.some((one) => one.hosts !== undefined || one.vehicles !== undefined);

  const placeOf = (id: string): readonly [Place] => {
    const found = places.get(id);
    if (found !== undefined) return found;
    const made = makePlace(
      numberOfNext(),
      id,
      registry.asset(id),
      registry,
      surroundings,
      rules,
      keyOf,
      neighbourhoods,
    );
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
      if (isCommon) named.add(marks.markOf('common-account', plain.toLowerCase(), undefined), 'identity');
      else {
        const via = resolved === undefined ? 'identity' : viaOfResolved('identity', resolved);
        named.add(marks.markOf('identity', person?.id ?? plain, person), via);
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
      if (user !== undefined)
        named.add(marks.markOf('identity', user.person.id, user.person), viaOfUse(user));
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
        named.add(marks.markOf('identity', person.id, person), viaOfResolved(via, resolved));
      } else named.add(marks.markOf(of, value, undefined), 'itself');
    }
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
  /** The same list for the same names, of which there are few. */
  const viasOf = ({ via, count }: Named): readonly Via[] => {
    let isItself = true;
    for (let index = 0; index < count; index++) isItself &&= via[index] === 'itself';
    const itself = isItself ? BY_ITSELF[count] : undefined;
    if (itself !== undefined) return itself;
    const list = via.slice(0, count);
    const name = list.join('\n');
    const found = vias.get(name);
    if (found !== undefined) return found;
    vias.set(name, list);
    return list;
  };
  /** Most name one thing or none: then there is a list already, and it is known by itself. */
  const listOf = (): Wanted => {
    const { marks: found, count } = named;
    const via = viasOf(named);
    const [only] = found;
    if (count === 0 || only === undefined) return { marks: NOTHING, via, count };
    if (count > 1) return { marks: found, via, count };
    only.alone ??= [only];
    return { marks: only.alone, via, count };
  };

  /** Of what is named at the moment. */
  const traitsOfNamed = (head: Head, at: readonly Place[], bits: number | undefined): Traits => {
    const hash = hashOf(head, at, named);
    const wanted = listOf();
    const found = table.find(hash, head, at, wanted, bits);
    if (found !== undefined) return found;
    const { via, count } = wanted;
    const marked = count > 1 ? wanted.marks.slice(0, count) : wanted.marks;
    return table.put(hash, new Traits(head, at, marked, via, bits, rarityOf(head, at, bits)));
  };

  return {
    traitsOf(told, sayer) {
      const detection = addressed(told);
      named.clear();
      if (detection.identities.length > 0) nameIdentities(detection);
      nameObservables(detection);
      if (knowsUsers) nameUsers(detection);
      const head = heads.headOf(detection);
      const at = placesOf(detection.assets);
      return traitsOfNamed(head, at, sayer?.bitsOf(head, at, detection.at));
    },
    revived({ places: ids, marks: saved, bits, ...said }) {
      named.clear();
      for (const [of, value, via] of saved)
        named.add(
          marks.markOf(of, value, of === 'identity' ? registry.identity(value) : undefined),
          via as Via,
        );
      return traitsOfNamed(heads.headOf(said), placesOf(ids), bits);
    },
    judged(traits, bits) {
      if (bits === traits.bits) return traits;
      const { head, places: at, marks: marked, via, hash } = traits;
      const found = table.find(hash, head, at, asNamed(traits), bits);
      return found ?? table.put(hash, new Traits(head, at, marked, via, bits, rarityOf(head, at, bits)));
    },
    retain(kept) {
      table.clear();
      for (const [id, [{ asset }]] of places) if (asset === undefined) places.delete(id);
      const [keptHeads, keptMarks] = [new Set<Head>(), new Set<Mark>()];
      for (const traits of kept) {
        const { head, places: at, hash } = traits;
        if (table.find(hash, head, at, asNamed(traits), traits.bits) !== undefined) continue;
        table.put(hash, traits);
        keptHeads.add(head);
        for (const mark of traits.marks) keptMarks.add(mark);
        for (const place of at) if (!places.has(place.id)) places.set(place.id, [place]);
      }
      heads.retain(keptHeads);
      marks.retain(keptMarks);
    },
  };
}

const NOTHING: readonly never[] = [];
/** By how many there are: mostly nothing is named by anything else. */
const BY_ITSELF: readonly (readonly Via[])[] = Array.from({ length: 8 }, (_, count) =>
  Array.from({ length: count }, (): Via => 'itself'),
);

const asNamed = ({ marks, via }: Traits): Wanted => ({ marks, via, count: marks.length });

/** Of all that traits are found by but how rare they were. */
function hashOf(head: Head, places: readonly Place[], { marks, via, count }: Named): number {
  let hash = head.number;
  for (let index = 0; index < places.length; index++) hash = mixed(hash, places[index]?.number ?? 0);
  hash = mixed(hash, places.length);
  for (let index = 0; index < count; index++)
    hash = mixed(hash, (marks[index]?.number ?? 0) * 8 + strengthOf(via[index]));
  return hash;
}

function viaOf(of: ObservableClass): PlainVia {
  if (of === 'badge') return 'badge';
  return of === 'account' || of === 'common-account' || of === 'email' ? 'account' : 'itself';
}
