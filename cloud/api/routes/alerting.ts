import { z } from 'zod';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { alertState, reason } from '../../alerting/alert.ts';
import { chain, MAX_CHAINS } from '../../alerting/chain.ts';
import { isPushService, MAX_DEVICES_OF_ONE, pushSubscription } from '../../alerting/devices.ts';
import { preferences } from '../../alerting/preferences.ts';
import type { AuditEntry } from '../../store/store.ts';
import { addressOf } from '../client.ts';
import type { AlertingPage, SentAlerts } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo, role } from '../rights.ts';
import { type Asked, type Caller, type Route, route } from '../route.ts';

const MAX_SENT = 200;
const named = z.strictObject({ id: identifier });
const severityName = z.string();

const alertingPage = z.object({
  preferences,
  address: z.string().optional(),
  devices: z.array(z.object({ id: z.string(), name: z.string(), at: z.number() })),
  pushKey: z.string(),
  hasMail: z.boolean(),
  webhooks: z.array(z.object({ name: z.string(), title: z.string() })),
  chains: z.array(chain),
  isDefaultChain: z.boolean(),
  mayArrange: z.boolean(),
  people: z.array(z.object({ name: z.string(), role })),
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
});

const sentAlerts = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      incident: z.string(),
      channel: z.enum(['push', 'mail', 'webhook']),
      to: z.string(),
      where: z.string(),
      reason,
      severity: severityName,
      title: z.string(),
      text: z.string(),
      at: z.number(),
      state: alertState,
      tries: z.number(),
      problem: z.string().optional(),
      acknowledgedAt: z.number().optional(),
    }),
  ),
});

/** How each is told, who is told in which order, and what was said. */
export function alertingRoutes(parts: ApiParts): Route[] {
  const { alerting, clock, registry, store, people } = parts;
  const entry = (
    { context }: Pick<Asked<unknown, unknown, unknown>, 'context'>,
    { name }: Caller,
    action: string,
    about: string,
  ): AuditEntry => ({ at: clock.now(), by: name, from: addressOf(context, parts.options), action, about });

  const pageFor = ({ name, role: own, scope }: Caller): AlertingPage => {
    const account = people.accounts.find(name);
    const mayArrange = mayDo(own, 'alerting.arrange') && scope.isAll;
    const ways = alerting.ways;
    return {
      preferences: alerting.preferencesOf(name),
      ...(account?.profile.email === undefined ? {} : { address: account.profile.email }),
      devices: alerting.devices.of(name).map(({ id, name: called, at }) => ({ id, name: called, at })),
      pushKey: alerting.pushKey,
      hasMail: ways.mail,
      webhooks: mayArrange ? ways.webhooks : [],
      chains: alerting
        .chains()
        .filter(
          ({ sites }) => scope.isAll || sites.length === 0 || sites.some((site) => scope.seesSite(site)),
        ),
      isDefaultChain: alerting.isDefaultChain,
      mayArrange,
      people: mayArrange ? store.accounts().map(({ name: one, role: of }) => ({ name: one, role: of })) : [],
      sites: registry.document.sites
        .filter(({ id }) => scope.seesSite(id))
        .map(({ id, name: called }) => ({ id, name: called })),
    };
  };

  return [
    route({
      method: 'get',
      path: '/api/alerting',
      title: 'How the caller is told of incidents, and who is told in which order',
      needs: 'signed-in',
      answer: { schema: alertingPage, title: 'Preferences, devices and chains' },
      handle: ({ context }, caller) => context.json(pageFor(caller)),
    }),
    route({
      method: 'put',
      path: '/api/alerting/preferences',
      title: 'Say how one wants to be told',
      needs: 'signed-in',
      body: preferences,
      answer: { schema: alertingPage, title: 'As it is now' },
      async handle(asked, caller) {
        await alerting.putPreferences(
          caller.name,
          asked.body,
          entry(asked, caller, 'alerting.preferences', caller.name),
        );
        return asked.context.json(pageFor(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/alerting/devices',
      title: 'Add this browser or telephone',
      needs: 'signed-in',
      body: z.strictObject({ name: plainText.min(1).max(100), subscription: pushSubscription }),
      answer: { schema: alertingPage, title: 'As it is now' },
      async handle(asked, caller) {
        const { name, subscription } = asked.body;
        if (!isPushService(subscription.endpoint, alerting.pushServices))
          throw new Problem(
            422,
            'unknown-push-service',
            'This browser’s push service is not one that is known here.',
            {
              field: 'subscription.endpoint',
            },
          );
        if (alerting.devices.of(caller.name).length >= MAX_DEVICES_OF_ONE)
          throw new Problem(422, 'too-many', `One person has ${MAX_DEVICES_OF_ONE} devices at most.`);
        await alerting.devices.put(
          { account: caller.name, name, subscription, at: clock.now() },
          entry(asked, caller, 'alerting.device-added', name),
        );
        return asked.context.json(pageFor(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/alerting/devices/:id',
      title: 'Forget one of one’s browsers or telephones',
      needs: 'signed-in',
      params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/) }),
      answer: { schema: alertingPage, title: 'As it is now' },
      async handle(asked, caller) {
        const found = alerting.devices.find(asked.params.id);
        if (found === undefined || found.account !== caller.name) throw notThere('device');
        await alerting.devices.remove(found.id, entry(asked, caller, 'alerting.device-removed', found.name));
        return asked.context.json(pageFor(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/alerting/trial',
      title: 'Send oneself a word by every way that one has',
      needs: 'signed-in',
      body: z.strictObject({}),
      answer: { schema: z.object({ ways: z.number() }), title: 'By how many ways' },
      handle: async ({ context }, { name }) =>
        context.json({ ways: await alerting.trial(name, 'Gatehouse reaches you') }),
    }),
    route({
      method: 'get',
      path: '/api/alerting/sent',
      title: 'What was said, to whom, and what became of it; one’s own, or all for who arranges it',
      needs: 'signed-in',
      query: z.strictObject({ incident: z.string().min(1).max(256).optional() }),
      answer: { schema: sentAlerts, title: 'The newest first' },
      handle({ context, query: { incident } }, { name, role: own, scope }) {
        const isAll = mayDo(own, 'alerting.arrange') && scope.isAll;
        const wanted = incident === undefined ? undefined : store.currentIncident(incident);
        const found = alerting.delivering.list(
          (one) =>
            (isAll || one.to === name) &&
            (wanted === undefined || (one.incident !== '' && store.currentIncident(one.incident) === wanted)),
          MAX_SENT,
        );
        const answer: SentAlerts = {
          items: found.map(
            ({ address, isQuiet: _quiet, dueWallMs: _due, sentAt: _sent, step: _step, ...one }) => ({
              ...one,
              where: one.channel === 'push' ? (alerting.devices.find(address)?.name ?? '') : address,
            }),
          ),
        };
        return context.json(answer);
      },
    }),
    route({
      method: 'put',
      path: '/api/alerting/chains/:id',
      title: 'Say who is told of what, and who next when nobody takes it',
      needs: 'alerting.arrange',
      params: named,
      body: chain,
      answer: { schema: alertingPage, title: 'As it is now' },
      async handle(asked, caller) {
        caller.scope.demandAll();
        const { body, params } = asked;
        if (body.id !== params.id)
          throw new Problem(422, 'other-id', 'The chain names another id.', { field: 'id' });
        const problem = problemOf(body);
        if (problem !== undefined) throw problem;
        await alerting.putChain(body, entry(asked, caller, 'alerting.chain', body.id));
        return asked.context.json(pageFor(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/alerting/chains/:id',
      title: 'Take a chain away',
      needs: 'alerting.arrange',
      params: named,
      answer: { schema: alertingPage, title: 'As it is now' },
      async handle(asked, caller) {
        caller.scope.demandAll();
        const { id } = asked.params;
        if (!(await alerting.removeChain(id, entry(asked, caller, 'alerting.chain-removed', id))))
          throw notThere('chain');
        return asked.context.json(pageFor(caller));
      },
    }),
  ];

  /** What a chain names must be there: nobody would notice at night that it is not. */
  function problemOf({ id, sites, steps }: z.output<typeof chain>): Problem | undefined {
    const chains = alerting.chains();
    if (chains.length >= MAX_CHAINS && !chains.some((one) => one.id === id))
      return new Problem(422, 'too-many', `There may be ${MAX_CHAINS} chains.`);
    const strange = sites.find((site) => registry.site(site) === undefined);
    if (strange !== undefined)
      return new Problem(422, 'no-such-site', `There is no site ${strange}.`, { field: 'sites' });
    for (const [index, { to }] of steps.entries())
      for (const target of to) {
        const field = `steps.${index}.to`;
        if (target.kind === 'person' && store.account(target.account) === undefined)
          return new Problem(422, 'no-such-person', `There is nobody called ${target.account}.`, { field });
        if (target.kind === 'webhook' && !alerting.ways.webhooks.some(({ name }) => name === target.name))
          return new Problem(422, 'no-such-webhook', `The configuration has no webhook ${target.name}.`, {
            field,
          });
      }
    return undefined;
  }
}
