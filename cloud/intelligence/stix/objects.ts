/** The shape of what this house writes as STIX, for tests that always run. */
import { z } from 'zod';
import { PHYSICAL_TYPE } from './house-extensions.ts';
import { isStixId } from './identifiers.ts';
import { parsePattern } from './pattern.ts';

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const id = (...types: string[]) =>
  z
    .string()
    .refine((text) => isStixId(text) && (types.length === 0 || types.includes(text.split('--')[0] ?? '')), {
      message: `expected an identifier of ${types.join(' or ')}`,
    });
const maybe = z.exactOptional;
const ids = (...types: string[]) => z.array(id(...types)).min(1);
const dictionary = z.record(z.string(), z.unknown());

const base = (type: string) => ({ type: z.literal(type), spec_version: z.literal('2.1'), id: id(type) });
const domain = (type: string) => ({
  ...base(type),
  created_by_ref: maybe(id('identity')),
  created: time,
  modified: time,
  revoked: maybe(z.boolean()),
  confidence: maybe(z.number().int().min(0).max(100)),
  object_marking_refs: maybe(ids('marking-definition')),
  external_references: maybe(
    z
      .array(z.strictObject({ source_name: z.string(), external_id: maybe(z.string()), url: maybe(z.url()) }))
      .min(1),
  ),
  extensions: maybe(dictionary),
});
const pattern = z.string().refine((text) => {
  parsePattern(text);
  return true;
});

const address = { value: z.string() };
export const stixObject = z.discriminatedUnion('type', [
  z.strictObject({ ...domain('identity'), name: z.string(), identity_class: z.literal('organization') }),
  z.strictObject({ ...base('marking-definition'), created: time, name: z.string(), extensions: dictionary }),
  z.strictObject({
    ...domain('extension-definition'),
    name: z.string(),
    description: z.string(),
    schema: z.string(),
    version: z.string().regex(/^\d+\.\d+\.\d+$/),
    extension_types: z.array(z.enum(['new-sco', 'property-extension'])).min(1),
  }),
  z.strictObject({ ...domain('incident'), name: z.string().min(1), description: z.string() }),
  z.strictObject({
    ...domain('observed-data'),
    first_observed: time,
    last_observed: time,
    number_observed: z.number().int().min(1).max(999_999_999),
    object_refs: ids(),
  }),
  z.strictObject({
    ...domain('indicator'),
    name: z.string(),
    indicator_types: maybe(z.array(z.string()).min(1)),
    pattern,
    pattern_type: z.literal('stix'),
    valid_from: time,
    valid_until: maybe(time),
  }),
  z.strictObject({
    ...domain('attack-pattern'),
    name: z.string(),
    kill_chain_phases: maybe(
      z.array(z.strictObject({ kill_chain_name: z.string(), phase_name: z.string() })).min(1),
    ),
  }),
  z.strictObject({ ...domain('course-of-action'), name: z.string(), description: maybe(z.string()) }),
  z.strictObject({
    ...domain('sighting'),
    sighting_of_ref: id('indicator'),
    first_seen: time,
    last_seen: time,
    count: z.number().int().min(0).max(999_999_999),
    observed_data_refs: maybe(ids('observed-data')),
    where_sighted_refs: ids('identity'),
  }),
  z.strictObject({
    ...domain('relationship'),
    relationship_type: z.enum(['related-to', 'indicates']),
    source_ref: id(),
    target_ref: id(),
  }),
  z.strictObject({ ...base('ipv4-addr'), ...address }),
  z.strictObject({ ...base('ipv6-addr'), ...address }),
  z.strictObject({ ...base('domain-name'), ...address }),
  z.strictObject({ ...base('url'), ...address }),
  z.strictObject({ ...base('mac-addr'), ...address }),
  z.strictObject({ ...base('email-addr'), ...address }),
  z.strictObject({
    ...base('file'),
    hashes: maybe(z.record(z.string(), z.string())),
    name: maybe(z.string()),
  }),
  z.strictObject({ ...base('user-account'), account_login: z.string() }),
  z.strictObject({
    ...base('network-traffic'),
    src_ref: id('ipv4-addr', 'ipv6-addr'),
    dst_ref: id('ipv4-addr', 'ipv6-addr'),
    src_port: maybe(z.number()),
    dst_port: maybe(z.number()),
    protocols: z.array(z.string()).min(1),
  }),
  z.strictObject({
    ...base(PHYSICAL_TYPE),
    kind: z.string(),
    asset: z.string(),
    asset_kind: maybe(z.string()),
    observed: time,
    measured: maybe(z.number()),
    extensions: dictionary,
  }),
]);
export const stixBundle = z.strictObject({
  type: z.literal('bundle'),
  id: id('bundle'),
  objects: z.array(stixObject).min(1),
});
