import type { Registry } from '../../../devices/model/registry.ts';
import { policyList } from '../monitor-answers.ts';
import type { ApiParts } from '../parts.ts';
import { type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';

export function policyRoutes({ policies, registry }: Pick<ApiParts, 'policies' | 'registry'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/policies',
      title: 'How the rules of the house stand, each with the law or standard that it serves',
      needs: 'monitors.read',
      answer: { schema: policyList, title: 'The rules' },
      handle: ({ context }, { scope }) =>
        context.json({ items: policies.states(scope.isAll ? undefined : seenBy(scope, registry)) }),
    }),
  ];
}

/** Rules are kept or broken by assets, sites, people, or people at a site: a name with more behind it, after a bar. */
function seenBy(scope: Scope, registry: Registry) {
  return {
    asset: (id: string) => scope.seesAsset(id),
    scope(name: string): boolean {
      const [subject = ''] = name.split('|');
      const site = subject.split('@').at(-1) ?? '';
      if (registry.asset(subject) !== undefined) return scope.seesAsset(subject);
      if (registry.site(site) !== undefined) return scope.seesSite(site);
      return scope.seesPerson(subject);
    },
  };
}
