import { z } from 'zod';
import type { Role } from '../store/store.ts';

export const role = z.enum([
  'staff',
  'responsible-person',
  'operator',
  'supervisor',
  'auditor',
  'administrator',
]);

/** Everything that may be allowed or not. Routes name one of these; nothing else decides. */
export const rights = [
  'picture.read',
  'plans.edit',
  'incidents.read',
  'incidents.handle',
  'incidents.arrange',
  'incidents.share',
  'incidents.export',
  'views.save',
  'shifts.work',
  'observations.search',
  'hunts.watch',
  'evidence.export',
  'detections.suppress',
  'telemetry.read',
  'people.read',
  'dependencies.decide',
  'risk.decide',
  'registry.read',
  'registry.decide',
  'registry.export',
  'registry.import',
  'integrity.accept',
  'scenarios.run',
  'monitors.read',
  'monitors.switch',
  'alerting.arrange',
  'audit.read',
  'audit.export',
  'credentials.issue',
  'quarantine.read',
  'metrics.read',
  'awareness.read',
  'awareness.invite',
  'awareness.approve',
  'accounts.manage',
  'personal-data.read',
  'personal-data.erase',
  'response.read',
  'response.run',
  'response.approve',
  'response.edit',
] as const;
export type Right = (typeof rights)[number];

const watching: readonly Right[] = [
  'awareness.read',
  'picture.read',
  'incidents.read',
  'incidents.export',
  'monitors.read',
  'telemetry.read',
  'people.read',
  'registry.read',
  'response.read',
];

/** Whoever works at the incident desk. */
const desking: readonly Right[] = ['views.save', 'shifts.work', 'observations.search'];

const rightsOf: Readonly<Record<Role, ReadonlySet<Right>>> = {
  // Of a shop: sees its sites as they are, and what happened there.
  staff: new Set<Right>(['picture.read', 'incidents.read', 'telemetry.read']),
  // Answers for a site (the responsible pharmacist): handles its incidents, and what is written down of it.
  'responsible-person': new Set<Right>(['awareness.invite',...watching, 'incidents.handle', 'response.run', 'audit.read']),
  operator: new Set<Right>([
    ...watching,
    'response.run',
    ...desking,
    'incidents.handle',
    'incidents.arrange',
    'scenarios.run',
  ]),
  supervisor: new Set<Right>([
    'awareness.invite',
    'awareness.approve',
    ...watching,
    ...desking,
    'hunts.watch',
    'evidence.export',
    'incidents.handle',
    'incidents.arrange',
    'response.run',
    'response.approve',
    'response.edit',
    'incidents.share',
    'detections.suppress',
    'dependencies.decide',
    'risk.decide',
    'registry.decide',
    'registry.export',
    'plans.edit',
    'integrity.accept',
    'alerting.arrange',
    'scenarios.run',
    'audit.read',
  ]),
  // Sees everything that was done and changes nothing.
  auditor: new Set<Right>([
    ...watching,
    'personal-data.read',
    'audit.read',
    'audit.export',
    'registry.export',
    'observations.search',
    'evidence.export',
  ]),
  administrator: new Set(rights),
};

export const mayDo = (of: Role, right: Right): boolean => rightsOf[of].has(right);
