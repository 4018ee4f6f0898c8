import { describe, expect, it } from 'vitest';
import { detection } from '../../devices/model/detection.ts';
import type { IdentityLink } from '../../devices/model/identity-link.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Correlator } from './correlator.ts';
import { linkRules } from './link-rules.ts';
import { link } from './pair.ts';
import { reference } from './reference.ts';

const learned = (state: IdentityLink['state']): IdentityLink => ({
  kind: 'badge-account',
  a: '04a1',
  b: 'a.weber',
  state,
  confidence: 0.97,
  together: 14,
  days: 15,
});
const registry = (over: object = {}) =>
  registryOf(
    registryDocument.parse({
      sites: [
        { id: 'linden', name: 'Linden', timeZone: 'UTC' },
        { id: 'online', name: 'Online', timeZone: 'UTC' },
      ],
      assets: [
        { id: 'door', kind: 'door', name: 'Back door', site: 'linden' },
        { id: 'server', kind: 'host', name: 'Server', site: 'online' },
        { id: 'van', kind: 'vehicle', name: 'Van', site: 'linden' },
      ],
      identities: [{ id: 'anna', name: 'Anna Weber', badges: ['04A1'] }],
      ...over,
    }),
  );
const seen = (id: string, at: number, over: object) =>
  detection.parse({
    id,
    at,
    rule: 'access-denied',
    severity: 'medium',
    source: 'test',
    assets: [],
    identities: [],
    observables: {},
    summary: id,
    ...over,
  });
const badge = seen('badge', 0, { assets: ['door'], observables: { badge: '04A1' } });
const account = seen('account', 600_000, {
  rule: 'unusual-login',
  assets: ['server'],
  observables: { account: 'A.Weber' },
});

describe('a badge and an account that are one person’s by what was learned', () => {
  it('belong together, and the reason says what that rests on', () => {
    const found = link(badge, account, registry({ links: [learned('inferred')] }), linkRules);
    expect(found?.evidence[0]?.because).toBe(
      'the badge and the account both belong to Anna Weber (badge 04a1 and account a.weber: seen together on 14 of 15 days, not confirmed)',
    );
  });
  it('weigh less than written down, until a person has looked at it', () => {
    const weight = (over: object) => link(badge, account, registry(over), linkRules)?.weight ?? 0;
    const given = weight({
      identities: [{ id: 'anna', name: 'Anna Weber', badges: ['04A1'], accounts: ['a.weber'] }],
    });
    expect(weight({ links: [learned('inferred')] })).toBeLessThan(given);
    expect(weight({ links: [learned('accepted')] })).toBe(given);
    expect(weight({})).toBe(0);
  });
  it('the same account twice is one account, whoever it belongs to', () => {
    const again = seen('again', 900_000, { rule: 'other', observables: { account: 'a.weber' } });
    const weight = (over: object) => link(account, again, registry(over), linkRules)?.weight;
    expect(weight({ links: [learned('inferred')] })).toBe(weight({}));
  });
});

it('what happens to a van concerns whoever alone drives it', () => {
  const drives: IdentityLink = { ...learned('inferred'), kind: 'badge-vehicle', b: 'van' };
  const left = seen('van', 120_000, { rule: 'left-area', assets: ['van'] });
  const found = link(badge, left, registry({ links: [drives] }), linkRules);
  expect(found?.evidence[0]?.because).toContain(
    'both concern Anna Weber, 2 min apart (badge 04a1 and vehicle van',
  );
});

it('the stream comes to what all pairs come to, with learned links as well', () => {
  const world = registry({
    links: [learned('inferred'), { ...learned('accepted'), kind: 'badge-vehicle', b: 'van' }],
  });
  const crowd = Array.from({ length: 150 }, (_, index) =>
    seen(`d${index}`, (index * 7_919_000) % 40_000_000, {
      rule: ['access-denied', 'unusual-login', 'left-area'][index % 3],
      assets: [['door', 'server', 'van'][index % 3]],
      observables: [{ badge: '04a1' }, { account: index % 2 ? 'a.weber' : 'x' }, { badge: '04b2' }][
        index % 3
      ],
    }),
  );
  const correlator = new Correlator(world);
  const { changed } = correlator.add(crowd);
  const told = (lists: readonly (readonly string[])[]) => lists.map((ids) => [...ids].sort().join()).sort();
  expect(told(changed.map(({ detections }) => detections))).toEqual(
    told(reference(crowd, world).map(({ detections }) => detections)),
  );
});
