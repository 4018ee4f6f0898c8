import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { groupRequest, type Share, SharingProblem } from '../../sharing/sharing.ts';
import { addressOf } from '../client.ts';
import type { SharingList, SharingPreview } from '../contract/sharing.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, type Route, route } from '../route.ts';
import { fileHeaders } from './duties.ts';

const id = z.strictObject({ id: z.string().min(1).max(64) });
const said = plainText.min(3).max(1_000);
const list = {
  schema: z.looseObject({ groups: z.array(z.looseObject({})), shares: z.array(z.looseObject({})) }),
  title: 'Groups, and what left',
} as const;

/** Groups of partners, what would leave, what left. */
export function sharingGroupRoutes(parts: ApiParts): Route[] {
  const { sharing, store, intelligence, options } = parts;

  /** The one place that says whose incidents these are: only who sees all of one shares it. */
  const seesAll = ({ scope }: Caller, incident: string): boolean => {
    const found = store.incident(store.currentIncident(incident));
    return found === undefined ? scope.isAll : scope.seesAllOf(found);
  };
  const demand = (caller: Caller, incident: string): string => {
    const found = store.incident(store.currentIncident(incident));
    return caller.scope.demandIncident(found).id;
  };
  const listFor = (caller: Caller): SharingList => ({
    tlp: intelligence.settings.tlp,
    groups: sharing.groups().map(({ by: _by, at: _at, ...one }) => one),
    collections: sharing.collections(),
    shares: sharing
      .shares()
      .filter(({ incident }) => seesAll(caller, incident))
      .map((one) => ({
        ...one,
        title: store.incident(store.currentIncident(one.incident))?.title ?? one.incident,
      })),
  });
  const done = async <Value>(work: () => Value | Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SharingProblem)
        throw new Problem(error.code === 'not-found' ? 404 : 409, error.code, error.message);
      throw error;
    }
  };
  const shareOf = async (caller: Caller, wanted: string): Promise<Share> => {
    const found = await done(() => sharing.share(wanted));
    if (!seesAll(caller, found.incident)) throw notThere('share');
    return found;
  };

  return [
    route({
      method: 'get',
      path: '/api/sharing',
      title: 'Groups of partners, and what left to whom',
      needs: 'sharing.read',
      answer: list,
      handle: ({ context }, caller) => context.json(listFor(caller)),
    }),
    route({
      method: 'get',
      path: '/api/sharing/preview',
      title: 'What would leave to a group, and what would be taken out of it before',
      needs: 'sharing.read',
      query: z.strictObject({ incident: z.string().min(1).max(256), group: z.string().min(1).max(64) }),
      answer: { schema: z.looseObject({ sha256: z.string() }), title: 'The objects, and what was removed' },
      async handle({ context, query }, caller) {
        const incident = demand(caller, query.incident);
        const preview: SharingPreview = await done(() => sharing.prepare(incident, query.group));
        return context.json(preview);
      },
    }),
    route({
      method: 'post',
      path: '/api/sharing/groups',
      title: 'Another group',
      needs: 'sharing.groups',
      wholeOnly: true,
      body: groupRequest,
      answer: list,
      async handle({ context, body }, caller) {
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.putGroup(undefined, body, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'put',
      path: '/api/sharing/groups/:id',
      title: 'Change a group',
      needs: 'sharing.groups',
      wholeOnly: true,
      params: id,
      body: groupRequest,
      answer: list,
      async handle({ context, params, body }, caller) {
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.putGroup(params.id, body, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/sharing/groups/:id',
      title: 'Remove a group; what it was given stays on record',
      needs: 'sharing.groups',
      wholeOnly: true,
      params: id,
      answer: list,
      async handle({ context, params }, caller) {
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.dropGroup(params.id, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/sharing/shares',
      title: 'Propose to share an incident with a group',
      needs: 'incidents.handle',
      body: z.strictObject({
        incident: z.string().min(1).max(256),
        group: z.string().min(1).max(64),
        text: said,
      }),
      answer: list,
      async handle({ context, body }, caller) {
        const incident = demand(caller, body.incident);
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.propose(incident, body.group, body.text, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/sharing/shares/:id/decide',
      title: 'Approve what was proposed, and let it leave; or refuse it',
      needs: 'incidents.share',
      params: id,
      body: z.strictObject({ approves: z.boolean(), text: said, how: z.enum(['taxii', 'file']) }),
      answer: list,
      async handle({ context, params, body }, caller) {
        const { incident } = await shareOf(caller, params.id);
        demand(caller, incident);
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.decide(params.id, body.approves, body.text, body.how, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/sharing/shares/:id/take-back',
      title: 'Let a group no longer fetch it; what it has it keeps',
      needs: 'incidents.share',
      params: id,
      body: z.strictObject({ text: said }),
      answer: list,
      async handle({ context, params, body }, caller) {
        await shareOf(caller, params.id);
        const doer = { name: caller.name, from: addressOf(context, options) };
        await done(() => sharing.takeBack(params.id, body.text, doer));
        return context.json(listFor(caller));
      },
    }),
    route({
      method: 'get',
      path: '/api/sharing/shares/:id/file',
      title: 'What was approved, as a STIX 2.1 bundle',
      needs: 'incidents.share',
      params: id,
      answer: { mediaType: 'application/stix+json', title: 'A bundle' },
      async handle({ context, params }, caller) {
        const one = await shareOf(caller, params.id);
        if (one.state !== 'sent') throw new Problem(409, 'not-sent', 'This was not approved.');
        const bundle = await done(() => sharing.bundle(one));
        if (bundle === undefined)
          throw new Problem(409, 'changed', 'The incident or the rules changed since. Propose it again.');
        return context.body(
          JSON.stringify(bundle),
          200,
          fileHeaders('application/stix+json;version=2.1', 'incident.stix.json'),
        );
      },
    }),
  ];
}
