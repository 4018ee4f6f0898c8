import type { Detection } from '../../devices/model/detection.ts';
import type { Incident, IncidentState } from '../../devices/model/incident.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { lanes, recordId } from '../../devices/wire.ts';
import { correctionIn } from './clock-correction.ts';
import type { NamesUsed } from './names.ts';
import type { Write } from './statements.ts';
import type { AcceptedRecord, Activity, Handling } from './store.ts';

/** As the column `type` counts them. */
const types = ['observation', 'detection', 'picture', 'loss', 'report'] as const;

export const DETECTION_TYPE = types.indexOf('detection');

/** Recorder and epoch as one name, and the number: an id that is not made of them is a name of its own. */
export function placeOf(id: string): { source: string; sequence: number } {
  const end = id.lastIndexOf('/');
  const digits = id.slice(end + 1);
  const sequence = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  return end > 0 && Number.isSafeInteger(sequence) && String(sequence) === digits
    ? { source: id.slice(0, end), sequence }
    : { source: `/${id}`, sequence: 0 };
}

/** What has to be written for a record: itself, and the row that finds what it carries. */
export function writesOfRecord(record: AcceptedRecord, { numberOf }: NamesUsed): Write[] {
  const { gateway, epoch, lane, sequence, receivedAt, body, json, chain } = record;
  const id = recordId(gateway, epoch, sequence);
  const seen = body.type === 'observation' ? body.observation : undefined;
  const writes: Write[] = [
    [
      'addRecord',
      numberOf(`${gateway}/${epoch}`),
      sequence,
      lanes.indexOf(lane),
      types.indexOf(body.type),
      receivedAt,
      chain,
      seen === undefined ? null : numberOf(seen.kind),
      seen === undefined ? null : numberOf(seen.asset),
      seen === undefined ? null : seen.observedAt,
      json,
    ],
  ];
  switch (body.type) {
    case 'detection':
      writes.push(writeOfDetection(body.detection));
      break;
    case 'picture':
      writes.push([
        'addPicture',
        body.picture.id,
        body.picture.asset,
        body.picture.takenAt,
        JSON.stringify(body.picture),
      ]);
      break;
    case 'loss':
      writes.push(['addLoss', id, gateway, epoch, JSON.stringify(body.loss)]);
      break;
    case 'report':
      writes.push(['putReport', gateway, body.report.at, JSON.stringify(body.report)]);
      break;
    case 'observation': {
      const correction = correctionIn(record);
      if (correction === undefined) break;
      const { from, until, correctionMs, setAt } = correction;
      const range = [numberOf(`${gateway}/${epoch}`), from, until, correctionMs, setAt] as const;
      writes.push(
        ['correctObservations', ...range],
        ['correctDetections', ...range],
        ['correctPictures', ...range],
      );
    }
  }
  return writes;
}

/** An observation of the cloud's own. */
export function writeOfObservation(observation: Observation, { numberOf }: NamesUsed): Write {
  const { id, kind, asset, observedAt, receivedAt } = observation;
  const { source, sequence } = placeOf(id);
  const json = JSON.stringify(observation);
  const type = types.indexOf('observation');
  return [
    'addRecord',
    numberOf(source),
    sequence,
    null,
    type,
    receivedAt,
    null,
    numberOf(kind),
    numberOf(asset),
    observedAt,
    json,
  ];
}

/** In front of what is put in a call. */
export const NEXT_POSITION: Write = ['nextPosition'];

export const writeOfDetection = (detection: Detection): Write => [
  'putDetection',
  detection.id,
  detection.at,
  JSON.stringify(detection),
];

export function writesOfIncident(incident: Incident, sites: readonly string[], openedAt: number): Write[] {
  const { id, priority, first, last } = incident;
  return [
    ['putIncident', id, priority, first, last, JSON.stringify(incident)],
    ['unforward', id],
    ['clearSites', id],
    ...sites.map((site): Write => ['addSite', id, site]),
    ['openHandling', id, openedAt],
  ];
}

/** `id` has become part of `into`: its old name still leads there, and so does what people did to it. */
export const writesOfForward = (id: string, into: string): Write[] => [
  ['forwardEarlier', id, into],
  ['forward', id, into],
  ['dropIncident', id],
  ['clearSites', id],
];

export const writeOfHandling = (handling: Handling): Write => [
  'putHandling',
  handling.incident,
  handling.state,
  handling.assignee ?? null,
  handling.acknowledgedAt ?? null,
  handling.openedAt,
];

/** `id` is no more and nothing took it over. What people did to it stays on record under its name. */
export const writesOfDrop = (id: string): Write[] => [
  ['dropIncident', id],
  ['clearSites', id],
];

/** The activity itself, and the handling after it. */
export const writesOfActivity = (activity: Activity, after: Handling): Write[] => [
  ['addActivity', activity.incident, activity.at, JSON.stringify(activity)],
  writeOfHandling(after),
];

/**
 * What people made of several incidents that are one now. It is as far as all of them were: only where every one
 * was closed it stays closed. Pure.
 */
export function handlingOfMerged(incident: string, parts: readonly [Handling, ...Handling[]]): Handling {
  const pending = parts.filter(({ state }) => state !== 'resolved' && state !== 'false-alarm');
  const every = (state: IncidentState) => pending.every((part) => part.state === state);
  const state =
    pending.length === 0
      ? (parts.find((part) => part.state === 'resolved')?.state ?? 'false-alarm')
      : every('contained')
        ? 'contained'
        : every('open')
          ? 'open'
          : 'acknowledged';
  const assignee = parts.find((part) => part.assignee !== undefined)?.assignee;
  const acknowledged = parts.flatMap(({ acknowledgedAt }) => acknowledgedAt ?? []);
  return {
    incident,
    state,
    openedAt: Math.min(...parts.map(({ openedAt }) => openedAt)),
    ...(assignee === undefined ? {} : { assignee }),
    ...(acknowledged.length === 0 ? {} : { acknowledgedAt: Math.min(...acknowledged) }),
  };
}

/** What an activity makes of an incident's handling. */
export function handlingAfter(before: Handling, { action, at, assignee }: Activity): Handling {
  const acknowledged = { ...before, acknowledgedAt: before.acknowledgedAt ?? at };
  switch (action) {
    case 'acknowledged':
      return { ...acknowledged, state: before.state === 'open' ? 'acknowledged' : before.state };
    case 'assigned': {
      const { assignee: _earlier, ...rest } = before;
      return assignee === undefined ? rest : { ...rest, assignee };
    }
    case 'noted':
    case 'split':
    case 'merged':
    case 'undone':
      return before;
    case 'contained':
      return { ...acknowledged, state: 'contained' };
    case 'resolved':
      return { ...acknowledged, state: 'resolved' };
    case 'false-alarm':
      return { ...acknowledged, state: 'false-alarm' };
    case 'reopened':
      // Somebody has to take note of it anew; that they once did stays on record.
      return { ...before, state: 'open' };
  }
}
