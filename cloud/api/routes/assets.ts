import { z } from 'zod';
import { asset } from '../../../devices/model/asset.ts';
import { identifier } from '../../../devices/model/identifiers.ts';
import { identity } from '../../../devices/model/identity.ts';
import { dependencyEntry } from '../../assets/graph-overlay.ts';
import { DoesNotFit } from '../../assets/landscape.ts';
import { ChangedElsewhere, NotTaken } from '../../registry/book.ts';
import { DocumentChanged } from '../../store/store.ts';
import { assetMap, usedAnswer } from '../asset-answers.ts';
import { assetMapOf } from '../asset-map.ts';
import { addressOf } from '../client.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { type Caller, type Route, route } from '../route.ts';

const named = z.strictObject({ id: identifier });
/** A dependency's name: of the desk, or made of what it says. */
const dependencyNamed = z.strictObject({ id: z.string().min(1).max(128) });

/** The map of assets and its editor: the registry's entries, which wait to be taken into use, and dependencies. */
export function assetRoutes({
  landscape,
  registryBook: book,
  store,
  clock,
  options,
}: Pick<ApiParts, 'landscape' | 'registryBook' | 'store' | 'clock' | 'options'>): Route[] {
  type Context = Parameters<typeof addressOf>[0];
  const entryOf = (context: Context, { name }: Caller, action: string, about: string) => ({
    at: clock.now(),
    by: name,
    from: addressOf(context, options),
    action,
    about,
  });
  const map = (caller: Caller) => assetMapOf({ landscape, registryBook: book, store }, caller.scope);
  const lists = [
    { path: '/api/registry/assets/:id', list: 'assets', what: 'an asset', schema: asset },
    { path: '/api/registry/people/:id', list: 'identities', what: 'a person', schema: identity },
  ] as const;
  return [
    route({
      method: 'get',
      path: '/api/assets',
      title: 'Assets with what they need, what threatens them and the incidents they are part of',
      needs: 'registry.read',
      answer: { schema: assetMap, title: 'The map' },
      handle: ({ context }, caller) => context.json(map(caller)),
    }),
    ...lists.flatMap(({ path, list, what, schema }) => [
      route({
        method: 'get',
        path,
        title: `The whole entry of ${what}, with what waits`,
        needs: 'registry.read',
        params: named,
        answer: { schema, title: 'The entry' },
        handle({ context, params: { id } }, caller) {
          const found = book.document[list].find((one) => one.id === id);
          if (found === undefined || !seesEntry(found, caller)) throw notThere(what);
          return context.json(found);
        },
      }),
      route({
        method: 'put',
        path,
        title: `Add or change ${what}; it waits to be taken into use`,
        needs: 'registry.decide',
        params: named,
        // Field by field: what is wrong is told at its place, by the registry's own schema.
        body: z.record(z.string(), z.unknown()),
        answer: { schema: assetMap, title: 'The map afterwards' },
        async handle({ context, params: { id }, body }, caller) {
          caller.scope.demandAll();
          const isNew = !book.document[list].some((one) => one.id === id);
          changing(() => book.edit(list, id, { ...body, id }));
          const action = isNew ? 'registry.added' : 'registry.changed';
          await store.audit(entryOf(context, caller, action, `${list} ${id}`));
          return context.json(map(caller));
        },
      }),
      route({
        method: 'delete',
        path,
        title: `Take ${what} out; it waits to be taken into use`,
        needs: 'registry.decide',
        params: named,
        answer: { schema: assetMap, title: 'The map afterwards' },
        async handle({ context, params: { id } }, caller) {
          caller.scope.demandAll();
          changing(() => book.edit(list, id, undefined));
          await store.audit(entryOf(context, caller, 'registry.removed', `${list} ${id}`));
          return context.json(map(caller));
        },
      }),
    ]),
    route({
      method: 'post',
      path: '/api/registry/take-back',
      title: 'Take back what waits of one entry',
      needs: 'registry.decide',
      body: z.strictObject({ list: z.enum(['assets', 'identities']), id: identifier }),
      answer: { schema: assetMap, title: 'The map afterwards' },
      async handle({ context, body: { list, id } }, caller) {
        caller.scope.demandAll();
        changing(() => book.takeBack(list, id));
        await store.audit(entryOf(context, caller, 'registry.taken-back', `${list} ${id}`));
        return context.json(map(caller));
      },
    }),
    route({
      method: 'post',
      path: '/api/registry/use',
      title: 'What waits in the registry counts from now on; incidents are judged anew in the background',
      needs: 'registry.decide',
      answer: { schema: usedAnswer, title: 'How many changes' },
      async handle({ context }, caller) {
        caller.scope.demandAll();
        const changes = landscape.useRegistry();
        await store.audit(entryOf(context, caller, 'registry.taken-into-use', `${changes} changes`));
        return context.json({ changes });
      },
    }),
    route({
      method: 'post',
      path: '/api/dependencies',
      title: 'Add a dependency; it counts at once',
      needs: 'dependencies.decide',
      body: dependencyEntry,
      answer: { schema: assetMap, title: 'The map afterwards' },
      async handle({ context, body }, caller) {
        caller.scope.demandAll();
        await kept(() =>
          landscape.putDependency(
            undefined,
            body,
            entryOf(context, caller, 'dependency.added', `${body.of} needs ${namesOf(body.on)}`),
          ),
        );
        return context.json(map(caller));
      },
    }),
    route({
      method: 'put',
      path: '/api/dependencies/:id',
      title: 'Change a dependency, wherever it comes from; it counts at once',
      needs: 'dependencies.decide',
      params: dependencyNamed,
      body: dependencyEntry,
      answer: { schema: assetMap, title: 'The map afterwards' },
      async handle({ context, params: { id }, body }, caller) {
        caller.scope.demandAll();
        const audit = entryOf(
          context,
          caller,
          'dependency.changed',
          `${id}: ${body.of} needs ${namesOf(body.on)}`,
        );
        await kept(() => landscape.putDependency(id, body, audit));
        return context.json(map(caller));
      },
    }),
    route({
      method: 'delete',
      path: '/api/dependencies/:id',
      title: 'Take a dependency out, wherever it comes from',
      needs: 'dependencies.decide',
      params: dependencyNamed,
      answer: { schema: assetMap, title: 'The map afterwards' },
      async handle({ context, params: { id } }, caller) {
        caller.scope.demandAll();
        await kept(() => landscape.removeDependency(id, entryOf(context, caller, 'dependency.removed', id)));
        return context.json(map(caller));
      },
    }),
  ];
}

const namesOf = (on: readonly { asset: string }[]): string => on.map(({ asset: one }) => one).join(', ');

const seesEntry = (entry: { site: string } | { sites: readonly string[] }, { scope }: Caller): boolean =>
  scope.isAll || ('site' in entry ? [entry.site] : entry.sites).some((site) => scope.seesSite(site));

/** @throws Problem */
function changing(change: () => void): void {
  try {
    change();
  } catch (error) {
    throw problemFor(error);
  }
}

/** @throws Problem */
export async function kept<Value>(change: () => Promise<Value>): Promise<Value> {
  try {
    return await change();
  } catch (error) {
    throw problemFor(error);
  }
}

function problemFor(error: unknown): unknown {
  if (error instanceof RangeError) return notThere('entry');
  if (error instanceof NotTaken || error instanceof DoesNotFit) {
    const at = error.field === undefined ? {} : { field: error.field };
    return new Problem(422, 'not-taken', `${error.message}.`, at);
  }
  if (error instanceof ChangedElsewhere || error instanceof DocumentChanged)
    return new Problem(409, 'changed-elsewhere', `${error.message}.`);
  return error;
}
