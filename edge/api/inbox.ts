import { type Assignment, assignment } from '../site/assignments.ts';
import type { InboxDevice } from './contract.ts';
import { Refused } from './problem.ts';
import type { AssignmentRequest } from './requests.ts';

/**
 * The assignment that somebody has tapped together at the page.
 * @throws Refused 400 where the device has no such part
 */
export function assignmentFrom(found: InboxDevice, wanted: AssignmentRequest): Assignment {
  const { asset, part, treatAs, invert } = wanted;
  if (part !== undefined && !found.parts.includes(part))
    throw new Refused(400, 'invalid', `the device has no part "${part}"`, { field: 'part' });
  const meant = part === undefined ? found.parts : [part];
  const name = wanted.name ?? found.name;
  const result = assignment.safeParse({
    device: found.device,
    ...(part === undefined ? { asset } : { assets: { [part]: asset } }),
    ...(treatAs === undefined ? {} : { treatAs: Object.fromEntries(meant.map((each) => [each, treatAs])) }),
    ...(invert ? { invert: meant } : {}),
    ...(name === undefined ? {} : { name: name.slice(0, 128) }),
  });
  if (result.success) return result.data;
  throw new Refused(400, 'invalid', result.error.issues[0]?.message ?? 'this device cannot be assigned');
}
