import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { recordId } from '../../devices/wire.ts';
import type { Write } from './statements.ts';
import type { AcceptedRecord, Activity, Handling } from './store.ts';

/** What has to be written for a record: itself, and the row that finds what it carries. */
export function writesOfRecord(record: AcceptedRecord): Write[] {
  const { gateway, epoch, lane, sequence, receivedAt, body, json, chain } = record;
  const id = recordId(gateway, epoch, sequence);
  const writes: Write[] = [['addRecord', id, lane, receivedAt, body.type, chain, json]];
  switch (body.type) {
    case 'observation':
      writes.push(writeOfObservation(body.observation, body.observation.id === id));
      break;
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
  }
  return writes;
}

/** `inRecord`: the record of the same id holds its JSON; it is not stored twice. */
export function writeOfObservation(observation: Observation, inRecord = false): Write {
  const { id, kind, site, asset, observedAt } = observation;
  return ['addObservation', id, kind, site, asset, observedAt, inRecord ? null : JSON.stringify(observation)];
}

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

/** `id` has become part of `into`: what people did to it goes along, and its old name still leads there. */
export const writesOfForward = (id: string, into: string): Write[] => [
  ['inheritHandling', id, into],
  ['forwardEarlier', id, into],
  ['forward', id, into],
  ['dropIncident', id],
  ['clearSites', id],
];

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
      return before;
    case 'contained':
      return { ...acknowledged, state: 'contained' };
    case 'resolved':
      return { ...acknowledged, state: 'resolved' };
    case 'false-alarm':
      return { ...acknowledged, state: 'false-alarm' };
    case 'reopened':
      return { ...before, state: before.acknowledgedAt === undefined ? 'open' : 'acknowledged' };
  }
}
