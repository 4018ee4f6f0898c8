/** Names in a dependency graph that lead nowhere, and other things a schema alone does not see. */

import { builtInEffects } from './effects.ts';
import type { GraphDocument } from './graph.ts';
import { isSelfFeeding } from './inoperability.ts';

export interface ReferenceProblem {
  path: (string | number)[];
  message: string;
}

/** What is wrong, in the order of the file. Pure. */
export function problemsIn(document: GraphDocument): ReferenceProblem[] {
  const problems: ReferenceProblem[] = [];
  const note = (path: (string | number)[], message: string) => problems.push({ path, message });
  const idsOf = (list: string, entries: readonly { id?: string | undefined }[]): Set<string> => {
    const seen = new Set<string>();
    entries.forEach(({ id }, index) => {
      if (id === undefined) return;
      if (seen.has(id)) note([list, index, 'id'], `"${id}" is already taken`);
      seen.add(id);
    });
    return seen;
  };
  const { dependencies, services, mitigations, threats, weaknesses } = document;
  const effects = idsOf('effects', document.effects);
  const assets = idsOf('assets', document.assets);
  idsOf('dependencies', dependencies);
  const serviceIds = idsOf('services', services);
  idsOf('mitigations', mitigations);
  const threatIds = idsOf('threats', threats);
  const weaknessIds = idsOf('weaknesses', weaknesses);
  const expect = (
    known: ReadonlySet<string>,
    what: string,
    id: string | undefined,
    path: (string | number)[],
  ) => {
    if (id !== undefined && !known.has(id)) note(path, `there is no ${what} "${id}"`);
  };
  const expectEffect = (effect: string | undefined, path: (string | number)[]) => {
    if (effect === undefined || Object.hasOwn(builtInEffects, effect) || effects.has(effect)) return;
    note(path, `"${effect}" is neither under "effects" nor one of ${Object.keys(builtInEffects).join(', ')}`);
  };

  document.assets.forEach(({ losses }, index) =>
    losses.forEach(({ effect }, at) => expectEffect(effect, ['assets', index, 'losses', at, 'effect'])),
  );
  dependencies.forEach(({ of, effect, on, needed }, index) => {
    const here = ['dependencies', index];
    expect(assets, 'asset', of, [...here, 'of']);
    expectEffect(effect, [...here, 'effect']);
    on.forEach((one, at) => {
      const there = [...here, 'on', at];
      expect(assets, 'asset', one.asset, there);
      expectEffect(one.effect, there);
      if (one.asset === of && one.effect === effect) note(there, `"${of}" would depend on itself`);
      if (on.some((other, before) => before < at && other.asset === one.asset && other.effect === one.effect))
        note(there, `"${one.asset}" is named twice`);
    });
    if (needed !== undefined && needed > on.length)
      note([...here, 'needed'], `${needed} are needed of ${on.length} that are named`);
  });
  services.forEach(({ id, needs, dependsOn }, index) => {
    needs.forEach(({ asset, effect }, at) => {
      expect(assets, 'asset', asset, ['services', index, 'needs', at, 'asset']);
      expectEffect(effect, ['services', index, 'needs', at, 'effect']);
    });
    dependsOn.forEach(({ service }, at) => {
      expect(serviceIds, 'service', service, ['services', index, 'dependsOn', at, 'service']);
      if (service === id) note(['services', index, 'dependsOn', at], `"${id}" would depend on itself`);
    });
  });
  if (isSelfFeeding(services))
    note(
      ['services'],
      'services lose more and more by one another: the shares around a circle must not make 1',
    );
  mitigations.forEach(({ acts, against }, index) => {
    acts.forEach((lever, at) => {
      const here = ['mitigations', index, 'acts', at];
      expect(assets, 'asset', lever.of, [...here, 'of']);
      expect(assets, 'asset', lever.on, [...here, 'on']);
      expectEffect(lever.effect, [...here, 'effect']);
      const matches = dependencies.some(
        (one) =>
          (lever.of === undefined || one.of === lever.of) &&
          (lever.on === undefined || one.on.some(({ asset }) => asset === lever.on)) &&
          (lever.type === undefined || one.type === lever.type) &&
          (lever.effect === undefined || one.effect === lever.effect),
      );
      if (!matches) note(here, 'there is no such dependency');
    });
    against.forEach((one, at) => {
      const here = ['mitigations', index, 'against', at];
      expect(threatIds, 'threat', one.threat, [...here, 'threat']);
      expect(weaknessIds, 'weakness', one.weakness, [...here, 'weakness']);
      expect(assets, 'asset', one.asset, [...here, 'asset']);
    });
  });
  threats.forEach(({ assets: targets, effect }, index) => {
    targets.forEach((asset, at) => expect(assets, 'asset', asset, ['threats', index, 'assets', at]));
    expectEffect(effect, ['threats', index, 'effect']);
  });
  const threatAssets = new Map(threats.map(({ id, assets: targets }) => [id, new Set(targets)]));
  weaknesses.forEach((one, index) => {
    expect(assets, 'asset', one.asset, ['weaknesses', index, 'asset']);
    one.threats.forEach((id, at) => {
      const here = ['weaknesses', index, 'threats', at];
      expect(threatIds, 'threat', id, here);
      if (threatAssets.get(id)?.has(one.asset) === false)
        note(here, `the threat "${id}" does not concern "${one.asset}"`);
    });
  });
  return problems;
}
