import { z } from 'zod';
import { ConfigurationError, MAX_CONFIGURATION_BYTES } from '../../../devices/configuration.ts';
import { assetKind } from '../../../devices/model/asset.ts';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { type IdentityLink, linkId, linkWords } from '../../../devices/model/identity-link.ts';
import { type Registry, registryOf } from '../../../devices/model/registry.ts';
import { ChangedElsewhere, NotTaken, type RegistryBook, suggestedId } from '../../registry/book.ts';
import type { Difference } from '../../registry/difference.ts';
import { yamlText } from '../../registry/exchange.ts';
import { USED_FROM } from '../../registry/learning/learn.ts';
import { tableNames, tableText } from '../../registry/tables.ts';
import { addressOf } from '../client.ts';
import type {
  DiscoveredList,
  LearnedName,
  LinkSuggestionList,
  RegistryChanges,
  RegistryPage,
} from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { discoveredList, linkSuggestionList, registryChanges, registryPage } from '../registry-answers.ts';
import { type Caller, type Route, route } from '../route.ts';
import type { Scope } from '../scope.ts';
import { documentFor, seesLink } from '../scoped-registry.ts';

/** Entries of a list in one answer. */
const MAX_LISTED = 200;
/** Changes told of an import or of what waits. */
const MAX_CHANGES = 500;
/** Decisions shown, the newest. */
const MAX_DECIDED = 200;

const wholeNumber = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number);
const asked = z.strictObject({
  find: z.string().max(128).default(''),
  offset: wholeNumber.default(0),
  limit: wholeNumber.pipe(z.number().min(1).max(MAX_LISTED)).default(100),
});

const decided = z.strictObject({
  id: z.string().min(3).max(300),
  decision: z.enum(['accepted', 'rejected']),
});

const taken = z.strictObject({
  id: z.string().min(3).max(300),
  /** Without it, it is not shown again. */
  take: z
    .strictObject({
      id: identifier,
      name: plainText.min(1).max(256),
      kind: assetKind,
      site: identifier.exactOptional(),
      zone: identifier.exactOptional(),
    })
    .exactOptional(),
});

const imported = z.strictObject({
  files: z
    .array(z.strictObject({ name: plainText.min(1).max(256), text: z.string().max(MAX_CONFIGURATION_BYTES) }))
    .min(1)
    .max(8),
  dryRun: z.boolean(),
});

const told = ({ changes, same }: Difference): RegistryChanges => ({
  changes: changes.slice(0, MAX_CHANGES).map((one) => ({ ...one, fields: [...one.fields] })),
  more: Math.max(0, changes.length - MAX_CHANGES),
  same,
});

export function registryRoutes({
  registryBook: book,
  store,
  clock,
  options,
}: Pick<ApiParts, 'registryBook' | 'store' | 'clock' | 'options'>): Route[] {
  const audited = async (
    context: Parameters<typeof addressOf>[0],
    { name: by }: Caller,
    action: string,
    about: string,
  ) => store.audit({ at: clock.now(), by, from: addressOf(context, options), action, about });
  return [
    route({
      method: 'get',
      path: '/api/registry',
      title: 'People and assets, with what was learned of them',
      needs: 'registry.read',
      query: asked,
      answer: { schema: registryPage, title: 'A part of the registry' },
      handle: ({ context, query }, { scope }) => context.json(pageOf(book, query, scope)),
    }),
    route({
      method: 'get',
      path: '/api/registry/suggestions',
      title: 'Badges, accounts, hosts, vehicles and addresses that what was recorded brings together',
      needs: 'registry.read',
      answer: { schema: linkSuggestionList, title: 'Suggestions, with their evidence' },
      handle: ({ context }, { scope }) => context.json(suggestionsOf(book, scope)),
    }),
    route({
      method: 'post',
      path: '/api/registry/suggestions',
      title: 'Accept or reject a suggestion; it counts from the next start on',
      needs: 'registry.decide',
      body: decided,
      answer: { schema: linkSuggestionList, title: 'Suggestions afterwards' },
      async handle({ context, body: { id, decision } }, caller) {
        const { items, decided: earlier } = suggestionsOf(book, caller.scope);
        if (![...items, ...earlier].some((one) => one.id === id)) throw notThere('suggestion');
        changing(() => book.decide(id, decision, caller.name, clock.now()));
        await audited(context, caller, `registry.link-${decision}`, id);
        return context.json(suggestionsOf(book, caller.scope));
      },
    }),
    route({
      method: 'get',
      path: '/api/registry/discovered',
      title: 'What was heard and is in no registry',
      needs: 'registry.read',
      answer: { schema: discoveredList, title: 'Discovered' },
      handle: ({ context }, { scope }) => context.json(discoveredOf(book, scope)),
    }),
    route({
      method: 'post',
      path: '/api/registry/discovered',
      title: 'Take something discovered into the registry, or leave it out for good',
      needs: 'registry.decide',
      body: taken,
      answer: { schema: discoveredList, title: 'Discovered, afterwards' },
      async handle({ context, body: { id, take } }, caller) {
        if (!caller.scope.isAll && !discoveredOf(book, caller.scope).items.some((one) => one.id === id))
          throw notThere('discovery');
        if (take?.site !== undefined && !caller.scope.seesSite(take.site))
          throw new Problem(422, 'not-taken', `there is no site "${take.site}".`);
        if (take?.zone !== undefined && !caller.scope.seesZone(take.zone))
          throw new Problem(422, 'not-taken', `there is no zone "${take.zone}".`);
        const about = changing(() => {
          if (take === undefined) book.ignore(id);
          else return book.take(id, take).id;
          return id;
        });
        await audited(
          context,
          caller,
          take === undefined ? 'registry.ignored' : 'registry.taken-in',
          `${id} ${about}`,
        );
        return context.json(discoveredOf(book, caller.scope));
      },
    }),
    route({
      method: 'get',
      path: '/api/registry/export',
      title: 'The whole registry as YAML, or one of its tables as CSV',
      needs: 'registry.export',
      query: z.strictObject({
        format: z.enum(['yaml', 'csv']),
        table: z.enum(tableNames).exactOptional(),
      }),
      answer: { mediaType: 'text/plain', title: 'A file' },
      async handle({ context, query: { format, table } }, caller) {
        if ((format === 'csv') !== (table !== undefined))
          throw new Problem(400, 'malformed', 'A table is asked for as CSV, the whole as YAML.', {
            field: 'table',
          });
        await audited(context, caller, 'registry.exported', table ?? 'whole');
        const document = documentFor(book.document, caller.scope, registryOf(book.document));
        const [text, type, name] =
          table === undefined
            ? [yamlText(document), 'application/yaml', 'registry.yaml']
            : [tableText(table, document), 'text/csv; charset=utf-8', `${table}.csv`];
        return context.body(text, 200, {
          'content-type': type,
          'content-disposition': `attachment; filename="${name}"`,
        });
      },
    }),
    route({
      method: 'post',
      path: '/api/registry/import',
      title: 'What files would change in the registry, or, not as a dry run, the change itself',
      needs: 'registry.import',
      wholeOnly: true,
      body: imported,
      maxBytes: MAX_CONFIGURATION_BYTES,
      answer: { schema: registryChanges, title: 'What differs' },
      async handle({ context, body: { files, dryRun } }, caller) {
        const difference = changing(() => (dryRun ? book.preview(files) : book.import(files)));
        if (!dryRun)
          await audited(context, caller, 'registry.imported', `${difference.changes.length} changes`);
        return context.json(told(difference));
      },
    }),
  ];
}

/** @throws Problem */
function changing<Result>(change: () => Result): Result {
  try {
    return change();
  } catch (error) {
    if (error instanceof RangeError) throw notThere('suggestion');
    if (error instanceof NotTaken) throw new Problem(422, 'not-taken', `${error.message}.`);
    if (error instanceof ChangedElsewhere) throw new Problem(409, 'changed-elsewhere', `${error.message}.`);
    if (error instanceof ConfigurationError) throw new Problem(422, 'not-imported', error.message);
    throw error;
  }
}

function discoveredOf(book: RegistryBook, scope: Scope): DiscoveredList {
  const { items, leftOut } = book.discovered();
  const seen = items.filter(({ site }) => scope.seesSite(site));
  return {
    items: seen.map((one) => ({ ...one, suggestedId: suggestedId(one) })),
    leftOut: scope.isAll ? leftOut : 0,
  };
}

function suggestionsOf(book: RegistryBook, scope: Scope): LinkSuggestionList {
  const registry = registryOf(book.document);
  const seen = (one: Pick<IdentityLink, 'kind' | 'a' | 'b'>) => seesLink(one, scope, registry);
  return {
    items: book
      .suggestions()
      .filter(seen)
      .map((one) => {
        const [aName, bName] = namesOf(one, registry);
        return {
          ...one,
          against: [...one.against],
          evidence: [...one.evidence],
          evidenceAgainst: [...one.evidenceAgainst],
          ...(aName === undefined ? {} : { aName }),
          ...(bName === undefined ? {} : { bName }),
        };
      }),
    decided: book.decisions
      .filter(seen)
      .slice(-MAX_DECIDED)
      .reverse()
      .map(({ kind, a, b, decision, by, at }) => ({
        id: linkId({ kind, a, b }),
        kind,
        a,
        b,
        decision,
        by,
        at,
      })),
    usedFrom: USED_FROM,
  };
}

/** What the two ends are known as. */
function namesOf(
  { kind, a, b }: Pick<IdentityLink, 'kind' | 'a' | 'b'>,
  registry: Registry,
): [string | undefined, string | undefined] {
  const given = (subjects: { badge: string } | { account: string }) => {
    const found = registry.resolved(subjects);
    return found?.by === undefined ? found?.person.name : undefined;
  };
  const first = kind.startsWith('badge-')
    ? given({ badge: a })
    : kind === 'address-asset'
      ? undefined
      : given({ account: a });
  const second = kind.endsWith('-account') ? given({ account: b }) : registry.asset(b)?.name;
  return [first, second];
}

function pageOf(
  book: RegistryBook,
  { find, offset, limit }: z.output<typeof asked>,
  scope: Scope,
): RegistryPage {
  const whole = registryOf(book.document);
  const document = documentFor(book.document, scope, whole);
  const registry = scope.isAll ? whole : registryOf(document);
  const { identities, assets, links = [] } = document;
  const wanted = find.trim().toLowerCase();
  const byPerson = new Map<string, LearnedName[]>();
  const byAsset = new Map<string, LearnedName[]>();
  const note = (
    into: Map<string, LearnedName[]>,
    key: string | undefined,
    name: string,
    link: IdentityLink,
  ) => {
    if (key === undefined) return;
    const { state, confidence } = link;
    const list = into.get(key) ?? [];
    list.push({ id: linkId(link), name, words: linkWords(link), state, confidence });
    into.set(key, list);
  };
  for (const link of links) {
    const { kind, a, b } = link;
    if (kind === 'address-asset') note(byAsset, b, a, link);
    else if (kind === 'account-host' || kind === 'badge-vehicle') {
      note(byAsset, b, a, link);
      const person = registry.resolve(kind === 'badge-vehicle' ? { badge: a } : { account: a });
      note(byPerson, person?.id, b, link);
    } else {
      const one = registry.resolved(kind === 'badge-account' ? { badge: a } : { account: a });
      note(byPerson, one?.person.id, one?.by === undefined ? b : a, link);
    }
  }
  // People that are only learned are people as well.
  const made = [...byPerson.keys()].flatMap((id) => {
    const person = registry.identity(id);
    return person === undefined || identities.some((one) => one.id === id) ? [] : [person];
  });
  const fits = (entry: object, id: string, into: Map<string, LearnedName[]>) =>
    wanted === '' ||
    JSON.stringify([...Object.values(entry), into.get(id)?.map(({ name }) => name)])
      .toLowerCase()
      .includes(wanted);
  const people = [...identities, ...made].filter((one) => fits(one, one.id, byPerson));
  const things = assets.filter((one) => fits(one, one.id, byAsset));
  // Changes are told of the registry as a whole.
  const waiting = scope.isAll ? told(book.waiting) : { changes: [], more: 0, same: 0 };
  return {
    people: {
      total: people.length,
      items: people
        .slice(offset, offset + limit)
        .map(({ id, name, kind, sites, badges, accounts, hosts = [], vehicles = [] }) => ({
          id,
          name,
          kind,
          sites,
          badges,
          accounts,
          hosts,
          vehicles,
          learned: byPerson.get(id) ?? [],
        })),
    },
    assets: {
      total: things.length,
      items: things.slice(offset, offset + limit).map(({ id, name, kind, site, zone, addresses = [] }) => {
        const user = registry.userOf(id)?.person.name;
        return {
          id,
          name,
          kind,
          site,
          ...(zone === undefined ? {} : { zone }),
          addresses,
          ...(user === undefined ? {} : { user }),
          learned: byAsset.get(id) ?? [],
        };
      }),
    },
    suggestions: scope.isAll ? book.suggestions().length : suggestionsOf(book, scope).items.length,
    discovered: discoveredOf(book, scope).items.length,
    waiting,
    ...(book.learnedAt === undefined ? {} : { learnedAt: book.learnedAt }),
  };
}
