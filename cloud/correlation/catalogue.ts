import { severityRank } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { surroundingsOf } from '../assets/surroundings.ts';
import { STEPS_A_BIT } from './habits.ts';
import type { LinkRules, ObservableClass } from './link-rules.ts';
import { type Head, type Key, type Mark, type Place, siteOf, Traits, type Via } from './memory.ts';
import { classifyObservable, commonAccounts } from './observable-class.ts';
import { compareText } from './order.ts';
import { type KeyMaker, makePlace } from './place.ts';
import { themeOf } from './theme.ts';
import type { Correlated } from './traits.ts';

/** Turns detections into traits against one registry and one table of rules. */
export interface Catalogue {
  /**
   * Equal detections, but for id and time, have the same traits object.
   * @param bitsOf how rare it is; without it that is not known
   */
  traitsOf(
    detection: Correlated,
    bitsOf?: (head: Head, places: readonly Place[]) => number | undefined,
  ): Traits;
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
  const placeKeys = new Map<string, Key>();
  const keyOf: KeyMaker = (kind, name, windowMs) =>
    keep(placeKeys, `${kind}:${name}`, () => ({ windowMs, timeline: undefined }));
  const places = new Map<string, Place>();
  const unknownPlaces = new Map<string, Place>();
  /** One list for all that name one asset only, which is most. */
  const alone = new Map<string, readonly Place[]>();
  /** By rule and site: of severities and tactics there are few. */
  const heads = new Map<string, Map<string | undefined, Head[]>>();
  const marks = new Map<Mark['class'], Map<string, Mark>>();
  /** By how rare they are: unknown, 0 bits, half a bit, … */
  const known = new Map<Head, Known[]>();
  const rarities = new Map<string, Key>();
  const vias = new Map<string, readonly Via[]>();
  let numbers = 0;

  const placeOf = (id: string): Place => {
    const found = places.get(id) ?? unknownPlaces.get(id);
    if (found !== undefined) return found;
    const asset = registry.asset(id);
    const made = makePlace(numbers++, id, asset, registry, surroundings, rules, keyOf);
    (asset === undefined ? unknownPlaces : places).set(id, made);
    return made;
  };
  const placesOf = (ids: readonly string[]): readonly Place[] => {
    const [only] = ids;
    if (only === undefined) return NOTHING;
    if (ids.length > 1) return [...new Set(ids)].sort(compareText).map(placeOf);
    return keep(alone, only, () => [placeOf(only)]);
  };
  const marksOf = (of: Mark['class']): Map<string, Mark> => keep(marks, of, () => new Map());
  const identityMark = (value: string, person: Identity | undefined): Mark =>
    keep(marksOf('identity'), value, () => ({
      windowMs: identityMs,
      timeline: undefined,
      number: numbers++,
      kind: 'identity',
      class: 'identity',
      value,
      person,
      hub: person?.kind === 'service',
    }));
  const observableMark = (of: ObservableClass, value: string): Mark =>
    keep(marksOf(of), value, () => ({
      windowMs: rules.observables[of].windowMs,
      timeline: undefined,
      number: numbers++,
      kind: 'observable',
      class: of,
      value,
      person: undefined,
      hub: of === 'other' || ((of === 'ip' || of === 'inside-ip') && shared.has(value)),
    }));

  const nameIdentities = (named: Named, { identities, observables, assets }: Correlated): void => {
    for (const name of identities) {
      // Some sources write in front what kind of name it is.
      const plain = name.includes(':') ? name.replace(/^(account|badge|identity|person|user):/, '') : name;
      const person =
        registry.identity(plain) ??
        registry.resolve({ badge: plain }) ??
        registry.resolve({ account: plain }, observables.host ?? assets[0]);
      const isCommon = person === undefined && commonAccounts.has(plain.toLowerCase());
      if (isCommon) named.add(observableMark('common-account', plain.toLowerCase()), 'identity');
      else named.add(identityMark(person?.id ?? plain, person), 'identity');
    }
  };
  const nameObservables = (named: Named, { observables, assets }: Correlated): void => {
    for (const key of Object.keys(observables)) {
      const observable = classifyObservable(key, observables[key] ?? '');
      if (observable === undefined) continue;
      const { class: of, value } = observable;
      const via = viaOf(of);
      const person =
        via === undefined
          ? undefined
          : via === 'badge'
            ? registry.resolve({ badge: value })
            : registry.resolve({ account: value }, observables.host ?? assets[0]);
      if (via !== undefined && person !== undefined) named.add(identityMark(person.id, person), via);
      else named.add(observableMark(of, value), 'itself');
    }
  };

  const headsOf = (rule: string, site: string | undefined): Head[] =>
    keep(
      keep(heads, rule, () => new Map<string | undefined, Head[]>()),
      site,
      () => [],
    );
  const headOf = ({ rule, severity, tactic, site }: Correlated): Head => {
    const list = headsOf(rule, site);
    for (const head of list) if (head.severity === severity && head.tactic === tactic) return head;
    const theme = themeOf(tactic === undefined ? { rule } : { rule, tactic });
    const rank = severityRank(severity);
    const made: Head = {
      number: numbers++,
      rule,
      severity,
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
  const knownOf = (head: Head, bits: number | undefined): Known => {
    const judged = keep(known, head, (): Known[] => []);
    const index = bits === undefined ? 0 : 1 + bits * STEPS_A_BIT;
    judged[index] ??= { byPlace: new Map(), byName: new Map() };
    return judged[index];
  };
  const rarityOf = ({ theme, faintness, site }: Head, at: readonly Place[], bits: number | undefined) => {
    // A remark and everyday business are no sign of anything, however rare.
    if (bits === undefined || bits < rules.habit.rareBits) return undefined;
    if (theme.ordinary === true || faintness === 'info') return undefined;
    return keep(rarities, siteOf(site, at) ?? '', () => ({
      windowMs: rules.rarity.windowMs,
      timeline: undefined,
    }));
  };

  return {
    traitsOf(detection, bitsOf) {
      const named = new Named();
      if (detection.identities.length > 0) nameIdentities(named, detection);
      nameObservables(named, detection);
      const head = headOf(detection);
      const at = placesOf(detection.assets);
      const bits = bitsOf?.(head, at);
      const { byPlace, byName } = knownOf(head, bits);
      const make = () =>
        new Traits(
          head,
          at,
          exact(named.marks),
          keep(vias, named.via.join(), () => exact(named.via)),
          bits,
          rarityOf(head, at, bits),
        );
      // Most name one asset and nothing else: found without writing a name for them.
      const [only] = at;
      return only !== undefined && at.length === 1 && named.marks.length === 0
        ? keep(byPlace, only, make)
        : keep(byName, nameOf(at, named), make);
    },
    judged(traits, bits) {
      if (bits === traits.bits) return traits;
      const { head, places: at, marks: named, via } = traits;
      const { byPlace, byName } = knownOf(head, bits);
      const make = () => new Traits(head, at, named, via, bits, rarityOf(head, at, bits));
      const [only] = at;
      return only !== undefined && at.length === 1 && named.length === 0
        ? keep(byPlace, only, make)
        : keep(byName, nameOf(at, traits), make);
    },
    retain(kept) {
      for (const memory of [unknownPlaces, alone, marks, known, heads]) memory.clear();
      for (const traits of kept) {
        const { head, places: at } = traits;
        const { byPlace, byName } = knownOf(head, traits.bits);
        const [only] = at;
        if (only !== undefined && at.length === 1 && traits.marks.length === 0) byPlace.set(only, traits);
        else byName.set(nameOf(at, traits), traits);
        const list = headsOf(head.rule, head.site);
        if (!list.includes(head)) list.push(head);
        for (const mark of traits.marks) marksOf(mark.class).set(mark.value, mark);
        for (const place of at) if (place.asset === undefined) unknownPlaces.set(place.id, place);
      }
      // Keys of unknown assets go with them: each has one of its own, and no other asset can name it.
      for (const name of placeKeys.keys())
        if (name.startsWith('asset:') && !isKept(name.slice('asset:'.length))) placeKeys.delete(name);
    },
  };

  function isKept(assetId: string): boolean {
    return places.has(assetId) || unknownPlaces.has(assetId) || registry.asset(assetId) !== undefined;
  }
}

/** Traits of one head: by the one place of those that name nothing else, and by the name of all others. */
interface Known {
  readonly byPlace: Map<Place, Traits>;
  readonly byName: Map<string, Traits>;
}

/** What a detection names, each once, in an order that does not depend on how it was written down. */
class Named {
  readonly marks: Mark[] = [];
  readonly via: Via[] = [];

  add(mark: Mark, via: Via): void {
    let index = 0;
    for (; index < this.marks.length; index++) {
      const other = this.marks[index];
      if (other === mark) {
        // A badge or an account says more about how somebody acted than the bare name; of the two, the badge.
        if (strengthOf(via) > strengthOf(this.via[index])) this.via[index] = via;
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

const strengthOf = (via: Via | undefined): number =>
  via === 'badge' ? 3 : via === 'account' ? 2 : via === 'identity' ? 1 : 0;

const compareMarks = (a: Mark, b: Mark): number =>
  compareText(a.class, b.class) || compareText(a.value, b.value);

const NOTHING: readonly never[] = [];

/** A copy without the room that a growing list reserves. */
const exact = <Value>(list: readonly Value[]): readonly Value[] => (list.length === 0 ? NOTHING : [...list]);

/** Short name of traits among those of their head, within one catalogue. */
function nameOf(places: readonly Place[], named: Pick<Traits, 'marks' | 'via'>): string {
  let name = '';
  for (const place of places) name += `,${place.number}`;
  for (let index = 0; index < named.marks.length; index++)
    name += `;${named.marks[index]?.number ?? ''}${strengthOf(named.via[index])}`;
  return name;
}

function keep<Name, Value>(memory: Map<Name, Value>, name: Name, make: () => Value): Value {
  const found = memory.get(name);
  if (found !== undefined) return found;
  const made = make();
  memory.set(name, made);
  return made;
}

function viaOf(of: ObservableClass): 'badge' | 'account' | undefined {
  if (of === 'badge') return 'badge';
  return of === 'account' || of === 'common-account' || of === 'email' ? 'account' : undefined;
}
