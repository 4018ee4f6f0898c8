/** The Traffic Light Protocol as markings of STIX objects: the fixed definitions of versions 1 and 2. */
import { type Tlp, tlpRank } from '../indicator.ts';

/** Definitions of TLP 2.0, which everybody refers to by these identifiers. */
const ids: Readonly<Record<Tlp, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};
/** Those of version 1, which STIX 2.1 itself lists (section 7.2.1.4). */
const former: Readonly<Record<string, Tlp>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
};
const tlpOfId = new Map<string, Tlp>([
  ...Object.entries(former),
  ...Object.entries(ids).map(([tlp, id]): [string, Tlp] => [id, tlp as Tlp]),
]);

const TLP_2_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

export const markingId = (tlp: Tlp): string => ids[tlp];

/** The definition itself, for bundles that stand alone. */
export const markingDefinition = (tlp: Tlp): Record<string, unknown> => ({
  type: 'marking-definition',
  spec_version: '2.1',
  id: ids[tlp],
  created: '2022-10-01T00:00:00.000Z',
  name: `TLP:${tlp.toUpperCase()}`,
  extensions: {
    [TLP_2_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp },
  },
});

/** The strictest of the markings that are known; undefined: none is. */
export function tlpOf(markings: readonly string[]): Tlp | undefined {
  return markings
    .flatMap((id) => tlpOfId.get(id) ?? [])
    .sort((a, b) => tlpRank(b) - tlpRank(a))
    .at(0);
}

/** `tlp:amber`, `TLP:WHITE`, as lists and tags write it. */
export function tlpOfText(text: string): Tlp | undefined {
  const name = /^(?:tlp:)?(clear|white|green|amber\+strict|amber|red)$/i
    .exec(text.trim())?.[1]
    ?.toLowerCase();
  if (name === undefined) return undefined;
  return name === 'white' ? 'clear' : (name as Tlp);
}
