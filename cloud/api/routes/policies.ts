import { policyList } from '../monitor-answers.ts';
import type { ApiParts } from '../parts.ts';
import { type Route, route } from '../route.ts';

export function policyRoutes({ policies }: Pick<ApiParts, 'policies'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/policies',
      title: 'How the rules of the house stand, each with the law or standard that it serves',
      needs: 'monitors.read',
      answer: { schema: policyList, title: 'The rules' },
      handle: ({ context }) => context.json({ items: policies.states() }),
    }),
  ];
}
