/** What can be tried on the past: rules, arming, doors, deliveries and opening hours, as text that one can change. */
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../../devices/configuration.ts';
import { type Registry, registryOf } from '../../devices/model/registry.ts';
import { openingHours } from '../../devices/model/site.ts';
import { type GatewayConfiguration, readGatewayConfiguration, strangers } from '../config.ts';
import { armingConfiguration } from '../panel/arming-state.ts';
import { type AccessConfiguration, accessConfiguration } from '../panel/door/configuration.ts';
import { deliveryConfiguration } from '../panel/hand-over-configuration.ts';
import type { PanelSettings } from '../replayed-panel.ts';
import { type RuleConfiguration, ruleConfigurations } from '../rules/configuration.ts';
import type { ArmingSchedule } from './contract.ts';

/** All by which a recording is judged. */
export interface Judging {
  registry: Registry;
  rules: readonly RuleConfiguration[];
  panel: PanelSettings;
}

const changedSettings = z.strictObject({
  rules: ruleConfigurations.optional(),
  /** What is watched in which mode, delays, and the schedule. */
  panel: armingConfiguration.optional(),
  /** Doors, readers, their hours. */
  access: accessConfiguration.optional(),
  deliveries: deliveryConfiguration.optional(),
  /** When the site is open. */
  opening: z.array(openingHours).max(28).optional(),
});
const isList = z.array(z.unknown());

/** What is in force: the file as it is now, because a changed one is taken while the gateway runs. */
export function judgingInForce(
  configuration: GatewayConfiguration,
  schedule: ArmingSchedule['entries'],
): Judging {
  let read = configuration;
  try {
    read = readGatewayConfiguration(configuration.file);
  } catch {
    // A broken file is refused, and what was read before stays in force.
  }
  const { rules, access, deliveries } = read;
  // Arming is taken from the file at a start alone; its schedule is the one that was set at the page.
  const arming = { ...configuration.panel, schedule: { entries: schedule } };
  return { registry: configuration.registry, rules, panel: { arming, access, deliveries } };
}

const writtenSettings = z.looseObject({
  rules: z.array(z.unknown()).optional(),
  panel: z.record(z.string(), z.unknown()).optional(),
  access: z.record(z.string(), z.unknown()).optional(),
  deliveries: z.record(z.string(), z.unknown()).optional(),
});

/** As it stands in the file, so far as it does; codes of people are not in it. */
export function settingsText(file: string, site: string, { registry, rules, panel }: Judging): string {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch {
    document = undefined;
  }
  const written = writtenSettings.safeParse(document).data ?? {};
  const { people: _people, ...access } = written.access ?? {};
  const withHours = panel.access.people.flatMap(({ identity, schedule }) =>
    schedule === undefined ? [] : [{ identity, schedule }],
  );
  return stringify(
    {
      opening: registry.site(site)?.opening ?? [],
      panel: {
        ...(written.panel ?? { asset: panel.arming.asset }),
        schedule: { entries: panel.arming.schedule.entries },
      },
      access: { ...access, ...(withHours.length > 0 && { people: withHours }) },
      ...(written.deliveries !== undefined && { deliveries: written.deliveries }),
      rules: written.rules ?? rules.map(({ kind }) => ({ rule: kind })),
    },
    { lineWidth: 96 },
  );
}

/**
 * Changed settings; what the text leaves out stays as it is in force. A mere list is a list of rules.
 * @throws ConfigurationError that names the line
 */
export function changedJudging(
  text: string,
  present: Judging,
  { gateway, page }: Pick<GatewayConfiguration, 'gateway' | 'page'>,
): Judging {
  if (isList.safeParse(parseConfiguration(z.unknown(), text, 'rules')).success)
    return { ...present, rules: parseConfiguration(ruleConfigurations, text, 'rules') };
  const changed = parseConfiguration(changedSettings, text, 'settings');
  const { registry } = present;
  const { arming, access, deliveries } = present.panel;
  const panel: PanelSettings = {
    arming: changed.panel ?? arming,
    access: changed.access === undefined ? access : withCodes(changed.access, access),
    deliveries: changed.deliveries ?? deliveries,
  };
  const unknown = strangers(
    { panel: panel.arming, access: panel.access, deliveries: panel.deliveries, cameras: [], page },
    registry,
    gateway.site,
  );
  if (unknown.length > 0)
    throw new ConfigurationError(
      'settings',
      unknown.map((problem) => ({ line: 1, ...problem })),
    );
  return {
    registry: changed.opening === undefined ? registry : opened(registry, gateway.site, changed.opening),
    rules: changed.rules ?? present.rules,
    panel,
  };
}

/** The text has no codes: they stay with whoever has them. */
function withCodes(changed: AccessConfiguration, present: AccessConfiguration): AccessConfiguration {
  const schedules = new Map(changed.people.map(({ identity, schedule }) => [identity, schedule]));
  const known = present.people.map(({ schedule: _schedule, ...person }) => {
    const schedule = schedules.get(person.identity);
    return { ...person, ...(schedule !== undefined && { schedule }) };
  });
  const named = new Set(known.map(({ identity }) => identity));
  const { signInReaders } = present;
  return {
    ...changed,
    people: [...known, ...changed.people.filter(({ identity }) => !named.has(identity))],
    ...(signInReaders !== undefined && { signInReaders }),
  };
}

const opened = ({ document }: Registry, site: string, opening: z.infer<typeof openingHours>[]): Registry =>
  registryOf({
    ...document,
    sites: document.sites.map((each) => (each.id === site ? { ...each, opening } : each)),
  });
