/** Calls in a rhythm. */
import type { Found } from '../monitors/monitor.ts';
import { type Beacon, beaconsIn } from './beacon.ts';
import { rounded } from './bounded.ts';
import { found, learnedAt, portFact } from './finding.ts';
import type { DeviceMemory, Rhythm } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';
import { nameOf, spanText } from './wording.ts';

/** So little chance in a rhythm is a machine's beyond doubt. */
const REGULAR = 0.05;

/** Calls in a rhythm to somebody outside that was not called in the time of learning. */
export function judgeRhythm(
  memory: DeviceMemory,
  rhythms: readonly Rhythm[],
  address: string,
  settings: CommunicationSettings,
): Found[] {
  const peer = memory.peers.met.get(address);
  const learned = learnedAt(memory, settings);
  if (peer === undefined ? !memory.peers.isFull : peer.at < learned) return [];
  // One connection stands in several logs: the one with the most contacts tells it.
  const best = rhythms
    .map((rhythm) => beaconsIn(rhythm, settings.beacon))
    .reduce<Beacon[]>((most, beacons) => (countOf(beacons) > countOf(most) ? beacons : most), []);
  return best.map((beacon) => {
    const { intervalMs, jitter, count, firstAt, lastAt } = beacon;
    const percent = Math.round(jitter * 100);
    return found(memory, {
      anchor: `beacon ${address} ${beacon.firstId}`,
      at: beacon.at,
      severity: memory.party.hasOnePurpose || jitter < REGULAR ? 'high' : 'medium',
      summary: `${nameOf(memory.party)} called ${address}${peer?.port === undefined ? '' : ` port ${peer.port}`} every ${spanText(intervalMs)} (± ${percent} %), about ${rounded(count)} times in ${spanText(lastAt - firstAt)}: a program reports to its master`,
      facts: {
        intervalSeconds: Math.round(intervalMs / 100) / 10,
        jitterPercent: percent,
        contacts: rounded(count),
        address,
        ...(peer === undefined ? {} : portFact(peer)),
      },
      evidence: beacon.evidence,
      tactic: 'T1071',
      count: rounded(count),
      other: address,
    });
  });
}

const countOf = (beacons: readonly Beacon[]): number => beacons.reduce((sum, { count }) => sum + count, 0);
