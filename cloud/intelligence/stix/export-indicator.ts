/** Indicators as STIX objects for partners. Pure. */
import { type Indicator, tlpRank } from '../indicator.ts';
import type { Change, Library } from '../library.ts';
import type { SharedCollection } from '../taxii/partners.ts';
import type { StixObject } from '../taxii/resources.ts';
import { stixTime } from './identifiers.ts';
import { markingId } from './markings.ts';

/** As it came, with its marking: another's indicator keeps its name and its author's times. */
export function indicatorObject(one: Indicator): StixObject {
  const { id, name, pattern, validFrom, validUntil, modified, confidence, tlp, labels } = one;
  return {
    type: 'indicator',
    spec_version: '2.1',
    id,
    created: stixTime(Math.min(validFrom, modified)),
    modified: stixTime(modified),
    name,
    pattern,
    pattern_type: 'stix',
    valid_from: stixTime(validFrom),
    ...(validUntil === undefined ? {} : { valid_until: stixTime(validUntil) }),
    confidence,
    ...(labels.length === 0 ? {} : { indicator_types: labels }),
    object_marking_refs: [markingId(tlp)],
  };
}

/** What an import brought that may be passed on, by collection; what was taken back follows as revoked. */
export function sharedIndicators(
  library: Library,
  collections: readonly SharedCollection[],
  { put, gone }: Change,
): { collection: string; objects: StixObject[] }[] {
  return collections
    .filter(({ holds }) => holds === 'indicators')
    .map(({ id, tlp }) => {
      const open = (rows: readonly number[]) =>
        rows.flatMap((row) => library.byRow(row) ?? []).filter((one) => tlpRank(one.tlp) <= tlpRank(tlp));
      const revoked = open(gone).map((one): StixObject => {
        const object = indicatorObject(one);
        return { ...object, revoked: true, modified: stixTime(one.modified + 1) };
      });
      return { collection: id, objects: [...open(put).map(indicatorObject), ...revoked] };
    })
    .filter(({ objects }) => objects.length > 0);
}
