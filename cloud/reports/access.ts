/** The access record: who was let in where, who was refused, which doors were opened. */
import type { Observation } from '../../devices/model/observation.ts';
import { wallOf } from './calendar.ts';
import { at, observationsIn, type ReportParts, type ReportScope, siteName } from './evidence-reader.ts';
import { type Section, tableOf } from './report.ts';

const kinds = [
  'access.granted',
  'access.denied',
  'handover.proved',
  'handover.refused',
  'delivery.checked',
  'exit.requested',
  'door.opened',
] as const;

const words: Readonly<Record<(typeof kinds)[number], string>> = {
  'access.granted': 'let in',
  'access.denied': 'refused',
  'handover.proved': 'hand-over proved',
  'handover.refused': 'hand-over refused',
  'delivery.checked': 'delivery checked',
  'exit.requested': 'went out',
  'door.opened': 'door opened',
};

/** Names, or the same number for the same person within one report. */
export function personNames({ registry }: Pick<ReportParts, 'registry'>, withPersons: boolean) {
  const numbers = new Map<string, string>();
  return ({ subjects, asset }: Pick<Observation, 'subjects' | 'asset'>): string | null => {
    if (subjects === undefined) return null;
    const person = registry.resolve(subjects, asset);
    const key = person?.id ?? subjects.identity ?? subjects.badge ?? subjects.account;
    if (key === undefined) return null;
    if (withPersons) return person?.name ?? `unknown: ${key}`;
    const known = numbers.get(key) ?? `Person ${numbers.size + 1}`;
    numbers.set(key, known);
    return known;
  };
}

export function accessSections(parts: ReportParts, scope: ReportScope): Section[] {
  const { registry } = parts;
  const { items, cut } = observationsIn(parts, kinds, scope);
  const nameOf = personNames(parts, scope.withPersons);
  const count = (...wanted: string[]) => items.filter(({ kind }) => wanted.includes(kind)).length;
  const asset = (id: string) => registry.asset(id)?.name ?? id;
  const granted = items.filter(({ kind }) => kind === 'access.granted');
  const byDoor = [...Map.groupBy(granted, (one) => one.asset)]
    .map(([id, all]) => ({ label: asset(id), value: all.length }))
    .sort((a, b) => b.value - a.value || (a.label < b.label ? -1 : 1));
  const byHour = Array.from({ length: 24 }, (_, hour) => ({
    label: `${String(hour).padStart(2, '0')}:00`,
    value: granted.filter(
      ({ observedAt }) => new Date(wallOf(scope.period.timeZone, observedAt)).getUTCHours() === hour,
    ).length,
  }));
  const people = new Set(granted.flatMap((one) => nameOf(one) ?? []));
  const refused = count('access.denied', 'handover.refused');
  return [
    {
      heading: 'In short',
      blocks: [
        {
          type: 'figures',
          items: [
            { label: 'Let in', value: `${granted.length}`, note: `${people.size} people` },
            { label: 'Refused', value: `${refused}`, tone: refused === 0 ? 'good' : 'warning' },
            { label: 'Doors opened', value: `${count('door.opened')}` },
            { label: 'Hand-overs proved', value: `${count('handover.proved')}` },
          ],
        },
        ...(cut
          ? [
              {
                type: 'text' as const,
                text: 'There are more entries than this report takes in: the oldest are left out.',
              },
            ]
          : []),
        ...(scope.withPersons
          ? []
          : [{ type: 'text' as const, text: 'Names of people are left out: each is given a number.' }]),
        { type: 'bars', title: 'Let in by door', unit: 'times', bars: byDoor.slice(0, 24) },
        { type: 'bars', title: 'Let in by hour of the day', unit: 'times', bars: byHour },
      ],
    },
    {
      heading: 'Entries',
      blocks: [
        tableOf(
          'entry',
          [
            { name: 'at_local', title: 'Time', width: 1.3 },
            { name: 'site', title: 'Site', width: 1.2 },
            { name: 'asset', title: 'Where', width: 1.3 },
            { name: 'what', title: 'What' },
            { name: 'person', title: 'Who', width: 1.2 },
            { name: 'reason', title: 'Why', width: 1.2 },
          ],
          items.map((one) => [
            at(one.observedAt, scope),
            siteName(parts, one.site),
            asset(one.asset),
            kinds.flatMap((kind) => (kind === one.kind ? [words[kind]] : [])).join(''),
            nameOf(one),
            typeof one.facts?.reason === 'string' ? one.facts.reason : null,
          ]),
        ),
      ],
    },
  ];
}
