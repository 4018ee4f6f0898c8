/** What an incident says to a playbook: values of the variables that every playbook may use. Pure. */
import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { worldOfKind } from '../assets/surroundings.ts';
import type { factNames } from './check.ts';
import { MAX_VALUE } from './runner/run.ts';

export type FactName = (typeof factNames)[number];
export type Facts = Record<FactName, string>;

/** Rules named in `__rules__`, at most. */
const MAX_RULES = 30;

/** Names that detections give an account, an address: the first that is there. */
const accountNames = ['account', 'user', 'username', 'customer', 'login'];
const addressNames = ['ip', 'sourceIp', 'source', 'address', 'client'];

/**
 * The worst detections first, then the newest: what they name is most likely what a step is about. Nothing is guessed
 * beyond the registry's own links; what is not known stays empty, and a step that needs it says so.
 */
export function factsOf(
  incident: Incident,
  detections: readonly Detection[],
  registry: Pick<Registry, 'asset' | 'site' | 'assetsOf' | 'identity'>,
): Facts {
  const rank = ['info', 'low', 'medium', 'high', 'critical'];
  const ordered = detections.toSorted(
    (a, b) => rank.indexOf(b.severity) - rank.indexOf(a.severity) || b.at - a.at || (a.id < b.id ? -1 : 1),
  );
  const named = [...new Set([...ordered.flatMap(({ assets }) => assets), ...incident.assets])];
  const assets = named.flatMap((id) => registry.asset(id) ?? []);
  const physical = assets.filter(({ kind }) => worldOfKind(kind) === 'physical');
  // Where people and doors are, rather than where the shop's server is written down.
  const site = physical[0]?.site ?? assets[0]?.site ?? '';
  const ofKind = (kind: AssetKind, near: readonly Asset[] = []): string =>
    assets.find((asset) => asset.kind === kind)?.id ?? around(kind, [...near, ...assets], registry) ?? '';
  const door = ofKind('door');
  const lock = ofKind('lock', door === '' ? [] : [registry.asset(door)].flatMap((one) => one ?? []));
  const seen = (names: readonly string[]) => {
    for (const { observables } of ordered)
      for (const name of names) {
        const value = observables[name];
        if (value !== undefined && value !== '') return String(value);
      }
    return '';
  };
  const people = [...new Set([...ordered.flatMap(({ identities }) => identities), ...incident.identities])];
  const person = people.map((id) => registry.identity(id)).find((one) => one !== undefined);
  const siren = registry.assetsOf(site).find(({ kind }) => kind === 'siren')?.id ?? '';
  const worlds = new Set(assets.map(({ kind }) => worldOfKind(kind)));
  const facts: Facts = {
    __incident__: incident.id,
    __title__: incident.title,
    __severity__: incident.severity,
    __worlds__: [...worlds].sort().join(' '),
    __rules__: [...new Set(ordered.map(({ rule }) => rule))].slice(0, MAX_RULES).join(' '),
    __site__: site,
    __site_name__: registry.site(site)?.name ?? site,
    __door__: door,
    __lock__: lock,
    __cabinet__: ofKind('cabinet'),
    __camera__: ofKind('camera'),
    __siren__: siren,
    __fridge__: ofKind('fridge'),
    __host__: ofKind('host'),
    __shop__: ofKind('shop'),
    __payment_service__: ofKind('payment-service'),
    __person__: person?.id ?? '',
    __person_name__: person?.name ?? '',
    __account__: seen(accountNames) || (person?.accounts[0] ?? ''),
    __address__: seen(addressNames),
  };
  for (const [name, value] of Object.entries(facts) as [FactName, string][])
    facts[name] = value.slice(0, MAX_VALUE);
  return facts;
}

/** By the registry's own links: built into what is involved, guarding it, in the same zone. */
function around(
  kind: AssetKind,
  involved: readonly Asset[],
  registry: Pick<Registry, 'asset' | 'assetsOf'>,
): string | undefined {
  for (const one of involved) {
    const there = registry.assetsOf(one.site).filter((asset) => asset.kind === kind);
    const host = one.hostedOn === undefined ? undefined : registry.asset(one.hostedOn);
    if (host?.kind === kind) return host.id;
    const linked =
      there.find(({ hostedOn, guards }) => hostedOn === one.id || guards.includes(one.id)) ??
      there.find(({ id }) => one.guards.includes(id));
    if (linked !== undefined) return linked.id;
    // A camera or a siren beside it serves; another door beside it is another door.
    const near =
      kind === 'camera' && one.zone !== undefined ? there.find(({ zone }) => zone === one.zone) : undefined;
    if (near !== undefined) return near.id;
  }
  return undefined;
}

/** Assets of the incident's site that a person may choose instead, by variable. */
export function choicesFor(
  name: string,
  site: string,
  registry: Pick<Registry, 'assetsOf'>,
): { value: string; label: string }[] {
  const kinds: Readonly<Record<string, AssetKind>> = {
    __door__: 'door',
    __lock__: 'lock',
    __cabinet__: 'cabinet',
    __camera__: 'camera',
    __siren__: 'siren',
    __fridge__: 'fridge',
  };
  const kind = kinds[name];
  return kind === undefined
    ? []
    : registry
        .assetsOf(site)
        .filter((asset) => asset.kind === kind)
        .map(({ id, name: label }) => ({ value: id, label }));
}
