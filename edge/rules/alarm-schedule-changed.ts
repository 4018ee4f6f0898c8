import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { RuleKind } from './rule.ts';

const subnet = z
  .string()
  .refine(
    (text) => /^[0-9a-fA-F.:]+\/\d{1,3}$/.test(text) && subnetOf(text) !== undefined,
    'expected an address and a prefix length: 192.168.0.0/16',
  );

function subnetOf(text: string): BlockList | undefined {
  const [address = '', prefix = ''] = text.split('/');
  const family = isIP(address);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

const configuration = z.strictObject({
  /** Addresses from which the site's own pages are used. */
  siteNetworks: z
    .array(subnet)
    .max(64)
    .default([
      '127.0.0.0/8',
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '::1/128',
      'fc00::/7',
      'fe80::/10',
    ]),
});
type Configuration = z.infer<typeof configuration>;

/** Nothing to remember: each change stands for itself. */
const state = z.null();

function isOfSite(address: string, networks: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 0) return false;
  return networks.some((network) => subnetOf(network)?.check(plain, family === 4 ? 'ipv4' : 'ipv6'));
}

/**
 * Whoever plans to come at night changes first when the alarm arms itself. Who did it and from which address go
 * on as identity and observable, so that a sign-in elsewhere from the same address belongs to it.
 */
export const alarmScheduleChanged: RuleKind<Configuration, null> = {
  kind: 'alarm-schedule-changed',
  title: 'Alarm schedule changed',
  instruction:
    'Ask the person named here whether they changed it. If not: set the schedule right, change their password, and tell the security desk.',
  configuration,
  state,
  observes: ['alarm.schedule-changed'],
  fits: () => true,
  // It may be reported of the panel or of the gateway, registered or not.
  key: ({ asset }) => asset,
  initial: () => null,

  step(_before, observation, _key, { siteNetworks }, { registry, isOpen }) {
    const { facts = {}, observables = {}, subjects } = observation;
    const { ip } = observables;
    const from = facts.from;
    const fromOutside =
      (typeof from === 'string' && from !== 'site' && from !== 'schedule') ||
      (ip !== undefined && !isOfSite(ip, siteNetworks));
    const shortens = facts.shortens === true;
    const person = subjects && registry.resolve(subjects, observables.host);
    const by = facts.by;
    const who =
      person?.name ?? subjects?.account ?? (typeof by === 'string' ? by : undefined) ?? 'an unknown person';
    const reasons = [
      ...(fromOutside ? [`from outside the site${ip === undefined ? '' : ` (${ip})`}`] : []),
      ...(isOpen ? [] : ['outside opening hours']),
      ...(shortens ? ['so that the site is protected for less time than before'] : []),
    ];
    const lost = facts.lostMinutes;
    return {
      state: undefined,
      findings: [
        {
          severity: reasons.length > 0 ? 'high' : 'low',
          summary: `The alarm schedule was changed by ${who}${reasons.length > 0 ? `, ${reasons.join(', ')}` : ' at the site'}.`,
          assets: [observation.asset],
          identities: person ? [person.id] : [],
          observables: {
            ...observables,
            ...(subjects?.account !== undefined && { account: subjects.account }),
          },
          facts: {
            who,
            fromOutside,
            outsideHours: !isOpen,
            shortens,
            ...(typeof lost === 'number' && { lostMinutes: lost }),
            ...Object.fromEntries(
              ['before', 'after'].flatMap((name) => {
                const text = facts[name];
                return text === undefined ? [] : [[name, text] as const];
              }),
            ),
          },
          evidence: [observation.id],
          tactic: 'T1562',
        },
      ],
    };
  },

  samples: [
    {
      name: 'by somebody at an address outside',
      context: { isOpen: true },
      observations: [
        {
          kind: 'alarm.schedule-changed',
          asset: 'panel-1',
          observedAt: 1_000,
          subjects: { account: 'm.weber' },
          observables: { ip: '203.0.113.9' },
        },
      ],
      expect: [{ at: 1_000, severity: 'high', asset: 'panel-1' }],
    },
    {
      name: 'from the site, and the protection becomes shorter',
      context: { isOpen: true },
      observations: [
        {
          kind: 'alarm.schedule-changed',
          asset: 'panel-1',
          observedAt: 1_000,
          observables: { ip: '192.168.1.20' },
          facts: { from: 'site', shortens: true, lostMinutes: 120 },
        },
      ],
      expect: [{ at: 1_000, severity: 'high', asset: 'panel-1' }],
    },
    {
      name: 'at two in the morning',
      context: { isOpen: false },
      observations: [
        {
          kind: 'alarm.schedule-changed',
          asset: 'panel-1',
          observedAt: 1_000,
          observables: { ip: '192.168.1.20' },
        },
      ],
      expect: [{ at: 1_000, severity: 'high', asset: 'panel-1' }],
    },
    {
      name: 'at the site, during the day, for more protection: a remark',
      context: { isOpen: true },
      observations: [
        {
          kind: 'alarm.schedule-changed',
          asset: 'panel-1',
          observedAt: 1_000,
          observables: { ip: '::ffff:192.168.1.20' },
          facts: { from: 'site', shortens: false },
        },
      ],
      expect: [{ at: 1_000, severity: 'low', asset: 'panel-1' }],
    },
    {
      name: 'another thing that happens to the panel',
      observations: [{ kind: 'alarm.armed', asset: 'panel-1', observedAt: 1_000 }],
      expect: [],
    },
  ],
};
