import { type Detection, severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { type Activity, HOUSE } from '../store/store.ts';

/** News of less than this do not bring a resolved incident back: it would never stay resolved. */
const WORTH_IT = severityRank('medium');

/**
 * Whether a resolved incident is open again for what has come to it since: the activity to record then. Pure.
 * @param before detections that it held
 */
export function reopening(
  before: ReadonlySet<string>,
  after: Incident,
  detectionOf: (id: string) => Detection | undefined,
  at: number,
): Activity | undefined {
  const news = after.detections
    .filter((id) => !before.has(id))
    .flatMap((id) => detectionOf(id) ?? [])
    .filter(({ severity }) => severityRank(severity) >= WORTH_IT)
    .sort((one, other) => severityRank(other.severity) - severityRank(one.severity));
  const [gravest] = news;
  if (gravest === undefined) return undefined;
  const more = news.length === 1 ? '' : ` and ${news.length - 1} more`;
  const text = `Open again because of what came after it was resolved: ${gravest.summary}${more}`;
  return { incident: after.id, at, by: HOUSE, action: 'reopened', text };
}
