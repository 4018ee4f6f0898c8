import { z } from 'zod';
import type { Role } from '../store/store.ts';

export const role = z.enum(['operator', 'supervisor', 'auditor', 'administrator']);

/** Everything that may be allowed or not. Routes name one of these; nothing else decides. */
export const rights = [
  'picture.read',
  'incidents.read',
  'incidents.handle',
  'incidents.arrange',
  'incidents.share',
  'detections.suppress',
  'telemetry.read',
  'people.read',
  'dependencies.decide',
  'registry.read',
  'registry.decide',
  'registry.export',
  'registry.import',
  'integrity.accept',
  'scenarios.run',
  'monitors.switch',
  'audit.read',
  'audit.export',
  'credentials.issue',
  'quarantine.read',
  'metrics.read',
] as const;
export type Right = (typeof rights)[number];

const watching: readonly Right[] = [
  'picture.read',
  'incidents.read',
  'telemetry.read',
  'people.read',
  'registry.read',
];

const rightsOf: Readonly<Record<Role, ReadonlySet<Right>>> = {
  operator: new Set<Right>([...watching, 'incidents.handle', 'incidents.arrange', 'scenarios.run']),
  supervisor: new Set<Right>([
    ...watching,
    'incidents.handle',
    'incidents.arrange',
    'incidents.share',
    'detections.suppress',
    'dependencies.decide',
    'registry.decide',
    'registry.export',
    'integrity.accept',
    'scenarios.run',
    'audit.read',
  ]),
  // Sees everything that was done and changes nothing.
  auditor: new Set<Right>([...watching, 'audit.read', 'audit.export', 'registry.export']),
  administrator: new Set(rights),
};

export const mayDo = (of: Role, right: Right): boolean => rightsOf[of].has(right);
