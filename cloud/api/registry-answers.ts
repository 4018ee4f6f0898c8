/** The shapes of the answers about the registry, as the contract has them. */
import { z } from 'zod';
import { assetKind } from '../../devices/model/asset.ts';
import { linkKind } from '../../devices/model/identity-link.ts';
import { discovered } from '../registry/discovery.ts';
import type { DiscoveredList, LinkSuggestionList, RegistryChanges, RegistryPage } from './contract.ts';

const maybe = z.exactOptional;
const number = z.number();
const text = z.string();

const changes = z.strictObject({
  changes: z.array(
    z.strictObject({
      list: z.enum(['sites', 'zones', 'assets', 'identities', 'links', 'sharedAddresses']),
      id: text,
      change: z.enum(['added', 'changed', 'removed']),
      fields: z.array(text),
    }),
  ),
  more: number,
  same: number,
});
export const registryChanges: z.ZodType<RegistryChanges> = changes;

const learned = z.strictObject({
  id: text,
  name: text,
  words: text,
  state: z.enum(['accepted', 'inferred']),
  confidence: number,
});

export const registryPage: z.ZodType<RegistryPage> = z.strictObject({
  people: z.strictObject({
    total: number,
    items: z.array(
      z.strictObject({
        id: text,
        name: text,
        kind: text,
        sites: z.array(text),
        badges: z.array(text),
        accounts: z.array(text),
        hosts: z.array(text),
        vehicles: z.array(text),
        learned: z.array(learned),
      }),
    ),
  }),
  assets: z.strictObject({
    total: number,
    items: z.array(
      z.strictObject({
        id: text,
        name: text,
        kind: assetKind,
        site: text,
        zone: maybe(text),
        addresses: z.array(text),
        user: maybe(text),
        learned: z.array(learned),
      }),
    ),
  }),
  suggestions: number,
  discovered: number,
  waiting: changes,
  learnedAt: maybe(number),
});

const against = z.enum(['without-first', 'second-first', 'without-second', 'with-another', 'by-another']);

export const linkSuggestionList: z.ZodType<LinkSuggestionList> = z.strictObject({
  items: z.array(
    z.strictObject({
      id: text,
      kind: linkKind,
      a: text,
      b: text,
      aName: maybe(text),
      bName: maybe(text),
      confidence: number,
      together: number,
      days: number,
      atLeast: number,
      against: z.array(z.strictObject({ what: against, days: number })),
      firstAt: number,
      lastAt: number,
      evidence: z.array(text),
      evidenceAgainst: z.array(text),
      rival: maybe(z.strictObject({ name: text, confidence: number })),
      words: text,
      isUsed: z.boolean(),
    }),
  ),
  decided: z.array(
    z.strictObject({
      id: text,
      kind: linkKind,
      a: text,
      b: text,
      decision: z.enum(['accepted', 'rejected']),
      by: text,
      at: number,
    }),
  ),
  usedFrom: number,
});

export const discoveredList: z.ZodType<DiscoveredList> = z.strictObject({
  items: z.array(discovered.extend({ suggestedId: text })),
  leftOut: number,
});
