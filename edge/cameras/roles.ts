import type { Reading } from '../../devices/profiles/profile.ts';

/** What a camera does, each with a health of its own: a stream may be dead while events come in. */
export const roles = ['events', 'snapshot', 'stream'] as const;
export type Role = (typeof roles)[number];

export interface RoleHealth {
  role: Role;
  works: boolean;
  /** Why not. */
  why?: string;
}

export const roleReading = (role: Role, works: boolean): Reading => ({
  type: 'state',
  part: `role:${role}`,
  property: 'role',
  value: works ? 'working' : 'failed',
  facts: { role },
});

/** What a camera is taken to be before it has said anything, so that its first failure is news. */
export const healthyAtFirst = (of: readonly Role[], hasClock: boolean): Reading[] => [
  ...of.map((role) => roleReading(role, true)),
  ...(hasClock
    ? [{ type: 'state', part: 'clock', property: 'clock', value: 'right' } as const satisfies Reading]
    : []),
];
