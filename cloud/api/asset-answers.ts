/** The shapes of the answers about the map of assets, decisions on risks and kept comparisons. */
import { z } from 'zod';
import { severity } from '../../devices/model/detection.ts';
import { identity } from '../../devices/model/identity.ts';
import { comparison } from '../assets/landscape.ts';
import { catalogues } from '../risk/catalogue.ts';
import type { AssetMap, ComparisonList, RiskDecisions, UsedAnswer } from './contract.ts';

const maybe = z.exactOptional;
const number = z.number();
const text = z.string();
const change = z.enum(['added', 'changed', 'removed']);
const times = z.union([
  text,
  z.strictObject({ from: text, to: text }),
  z.strictObject({ from: text, likely: text, to: text }),
]);

export const assetMap: z.ZodType<AssetMap> = z.strictObject({
  currency: text,
  horizonMs: number,
  sites: z.array(
    z.strictObject({ id: text, name: text, zones: z.array(z.strictObject({ id: text, name: text })) }),
  ),
  assets: z.array(
    z.strictObject({
      id: text,
      name: text,
      kind: text,
      site: maybe(text),
      zone: maybe(text),
      criticality: maybe(number),
      harm: maybe(z.strictObject({ loss: number, gravest: maybe(text) })),
      threats: z.array(text),
      incidents: z.array(z.strictObject({ id: text, title: text, severity })),
      waiting: maybe(change),
    }),
  ),
  dependencies: z.array(
    z.strictObject({
      id: text,
      origin: z.enum(['written', 'registry', 'learned', 'added', 'catalogue']),
      of: text,
      effect: text,
      type: text,
      on: z.array(z.strictObject({ asset: text, effect: text })),
      needed: maybe(number),
      probability: number,
      delay: times,
      buffer: times,
      bufferedBy: maybe(text),
      delayMs: number,
      bufferMs: number,
    }),
  ),
  services: z.array(z.strictObject({ id: text, name: text, perHour: number, needs: z.array(text) })),
  mitigations: z.array(z.strictObject({ id: text, name: text, inPlace: z.boolean() })),
  effects: z.array(z.strictObject({ id: text, words: text })),
  people: z.array(
    z.strictObject({
      id: text,
      name: text,
      kind: z.enum(['staff', 'courier', 'customer', 'contractor', 'service']),
      sites: z.array(text),
      waiting: maybe(change),
    }),
  ),
  waiting: z.array(
    z.strictObject({
      list: z.enum(['sites', 'zones', 'assets', 'identities', 'links', 'sharedAddresses']),
      id: text,
      name: text,
      change,
      fields: z.array(text),
      canTakeBack: z.boolean(),
    }),
  ),
  judgingSince: maybe(number),
  leftOut: number,
});

export const usedAnswer: z.ZodType<UsedAnswer> = z.strictObject({ changes: number });

export const personEntry = identity;

export const comparisonList: z.ZodType<ComparisonList> = z.strictObject({ items: z.array(comparison) });

export const riskDecisions: z.ZodType<RiskDecisions> = z.strictObject({
  items: z.array(
    z.strictObject({
      row: text,
      decision: z.enum(['accept', 'mitigate', 'transfer', 'avoid']),
      owner: text,
      reviewOn: text,
      text,
      mitigation: maybe(text),
      by: text,
      at: number,
      isDue: z.boolean(),
    }),
  ),
  catalogues: z.array(
    z.strictObject({
      name: z.enum(catalogues),
      title: text,
      assets: number,
      threats: number,
      mitigations: number,
    }),
  ),
  sites: z.array(
    z.strictObject({
      id: text,
      name: text,
      catalogue: maybe(z.enum(catalogues)),
      seems: z.enum(catalogues),
    }),
  ),
});
