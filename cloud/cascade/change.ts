/** What-if: changes to a graph, as they are written on a command line or sent to the API. */

import { builtInEffects, DEFAULT_EFFECT } from './effects.ts';
import type { GraphDocument } from './graph.ts';
import { type Alterations, type AssetState, mitigationsInPlace } from './network.ts';
import { durationFromText, durationText, MAX_DURATION_MS } from './spread.ts';

export const MAX_FAILURES = 1_000;
export const MAX_CHANGES = 100;

export type Change =
  | { kind: 'fail'; asset: string; effect: string }
  | { kind: 'fix'; asset: string; effect?: string }
  | { kind: 'buffer'; asset: string; type?: string; byMs: number }
  | { kind: 'apply' | 'drop'; mitigation: string }
  | { kind: 'chance'; from: string; to: string; probability: number };

/** Fit for a person. */
export class ChangeProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChangeProblem';
  }
}

const forms =
  'fail:ASSET[:EFFECT], fix:ASSET[:EFFECT], ups:ASSET=30min, buffer:ASSET[:TYPE]=30min, apply:MITIGATION, ' +
  'drop:MITIGATION, cut:FROM>TO, chance:FROM>TO=0.2';

/** `ASSET` or `ASSET:EFFECT`. @throws ChangeProblem where the graph has no such asset or effect */
export function failureFromText(text: string, document: GraphDocument): AssetState {
  const [asset = '', effect = DEFAULT_EFFECT, ...rest] = text.trim().split(':');
  if (rest.length > 0) throw new ChangeProblem(`"${text}" is not ASSET or ASSET:EFFECT`);
  return { asset: assetOf(asset, document), effect: effectOf(effect, document) };
}

/** @throws ChangeProblem that says which form was expected, or what is not there */
export function changeFromText(text: string, document: GraphDocument): Change {
  const [, verb = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(text.trim()) ?? [];
  const [target = '', value] = split(rest, '=');
  switch (verb) {
    case 'fail':
      return { kind: 'fail', ...failureFromText(rest, document) };
    case 'fix': {
      const [asset = '', effect] = split(rest, ':');
      return {
        kind: 'fix',
        asset: assetOf(asset, document),
        ...(effect === undefined ? {} : { effect: effectOf(effect, document) }),
      };
    }
    case 'ups':
    case 'buffer': {
      const [asset = '', type] = split(target, ':');
      const byMs = durationFromText(value ?? '');
      if (byMs === undefined || byMs > MAX_DURATION_MS)
        throw new ChangeProblem(`"${text}": expected a duration after "=", such as 30min`);
      const by = verb === 'ups' ? 'power' : type;
      const known = assetOf(asset, document);
      if (!document.dependencies.some((one) => one.of === known && (by === undefined || one.type === by)))
        throw new ChangeProblem(
          `"${text}": ${known} needs nothing${by === undefined ? '' : ` of type ${by}`}`,
        );
      return { kind: 'buffer', asset: known, ...(by === undefined ? {} : { type: by }), byMs };
    }
    case 'apply':
    case 'drop': {
      if (!document.mitigations.some(({ id }) => id === rest))
        throw new ChangeProblem(`there is no mitigation "${rest}"`);
      return { kind: verb, mitigation: rest };
    }
    case 'cut':
    case 'chance': {
      const [from = '', to = ''] = split(target, '>');
      const probability =
        verb === 'cut' ? 0 : Number(value === undefined || value === '' ? Number.NaN : value);
      if (!(probability >= 0 && probability <= 1))
        throw new ChangeProblem(`"${text}": expected a probability from 0 to 1 after "="`);
      if (!document.dependencies.some((one) => one.of === to && one.on.some(({ asset }) => asset === from)))
        throw new ChangeProblem(`"${text}": ${to} does not depend on ${from}`);
      return { kind: 'chance', from, to, probability };
    }
    default:
      throw new ChangeProblem(`"${text}" is none of ${forms}`);
  }
}

function split(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function assetOf(id: string, { assets }: GraphDocument): string {
  if (assets.some((one) => one.id === id)) return id;
  throw new ChangeProblem(`there is no asset "${id}"`);
}

function effectOf(id: string, { effects }: GraphDocument): string {
  if (Object.hasOwn(builtInEffects, id) || effects.some((one) => one.id === id)) return id;
  throw new ChangeProblem(
    `there is no effect "${id}"; there are ${[...Object.keys(builtInEffects), ...effects.map((one) => one.id)].join(', ')}`,
  );
}

/** What a graph is compiled with, and what fails, once the changes are made. Pure. */
export function altered(
  document: Pick<GraphDocument, 'mitigations'>,
  failures: readonly (AssetState & { atMs?: number })[],
  changes: readonly Change[],
): { alterations: Alterations; failures: (AssetState & { atMs?: number })[] } {
  const mitigations = new Set(mitigationsInPlace(document));
  const immune: { asset: string; effect?: string }[] = [];
  const buffers: { asset: string; type?: string; byMs: number }[] = [];
  const chances: { from: string; to: string; probability: number }[] = [];
  const failing = [...failures];
  for (const change of changes) {
    if (change.kind === 'fail') failing.push({ asset: change.asset, effect: change.effect });
    else if (change.kind === 'fix') immune.push(change);
    else if (change.kind === 'buffer') buffers.push(change);
    else if (change.kind === 'chance') chances.push(change);
    else if (change.kind === 'apply') mitigations.add(change.mitigation);
    else mitigations.delete(change.mitigation);
  }
  const isFixed = ({ asset, effect }: AssetState) =>
    immune.some((one) => one.asset === asset && (one.effect === undefined || one.effect === effect));
  return {
    alterations: { immune, mitigations, buffers, chances },
    failures: failing.filter((one) => !isFixed(one)),
  };
}

/** A change as a person would say it. */
export function changeText(change: Change, document: GraphDocument): string {
  const nameOf = (id: string) => document.assets.find((one) => one.id === id)?.name ?? id;
  switch (change.kind) {
    case 'fail':
      return `${nameOf(change.asset)} fails as well`;
    case 'fix':
      return `${nameOf(change.asset)} does not fail`;
    case 'buffer': {
      const without = change.type ?? 'what it needs';
      return `${nameOf(change.asset)} goes on for ${durationText(change.byMs)} longer without ${without}`;
    }
    case 'apply':
    case 'drop': {
      const found = document.mitigations.find(({ id }) => id === change.mitigation);
      return `${change.kind === 'apply' ? 'with' : 'without'} ${found?.name ?? change.mitigation}`;
    }
    case 'chance':
      return change.probability === 0
        ? `${nameOf(change.to)} no longer depends on ${nameOf(change.from)}`
        : `${nameOf(change.from)} takes ${nameOf(change.to)} along with a chance of ${change.probability}`;
  }
}
