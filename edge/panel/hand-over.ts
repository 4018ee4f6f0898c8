/**
 * Hand-overs: a courier shows a badge, and it is compared with who should come, when, and with which vehicle. Pure,
 * as everything in the panel.
 */
import { z } from 'zod';
import type { Facts, Observation, ObservationKind } from '../../devices/model/observation.ts';
import { nameOf } from '../rules/wording.ts';
import { panelDetection } from './alarm.ts';
import type { DeliveryConfiguration } from './hand-over-configuration.ts';
import { factsOf, type Judgement, judge, occurrencesOn, severities, words } from './hand-over-judgement.ts';
import type { PanelContext, PanelOutcome } from './outcome.ts';
import { DAY_MS } from './zone-time.ts';

/** Who has delivered comes and goes for a while: with the second parcel, and to the vehicle. */
export const RETURN_MS = 30 * 60_000;
/** Vehicles and people that are remembered at a time; the longest unseen go first. */
const MAX_REMEMBERED = 1_000;
/** Couriers who wait for their vehicle to be seen. */
const MAX_WAITING = 32;

const comer = z.object({
  person: z.string(),
  badge: z.string().optional(),
  reader: z.string(),
  at: z.number(),
  observation: z.string(),
});
type Comer = z.infer<typeof comer>;

export const handOverState = z.object({
  /** When each vehicle, or each unknown plate, was seen last. */
  vehicles: z.record(z.string(), z.number()),
  /** What was handed over, by occurrence, and when. */
  done: z.record(z.string(), z.number()),
  /** What did not come in time, and was told; it may still come, too late. */
  missed: z.record(z.string(), z.number()),
  /** When each person was last judged. */
  came: z.record(z.string(), z.number()),
  /** The vehicle is still to be seen. */
  waiting: z.array(comer.extend({ until: z.number() })),
  /** What should have come until then has been looked at. */
  lookedUntil: z.number(),
});
export type HandOverState = z.infer<typeof handOverState>;
export const initialHandOver = (now: number): HandOverState => ({
  vehicles: {},
  done: {},
  missed: {},
  came: {},
  waiting: [],
  lookedUntil: now,
});

export type HandOverInput = { type: 'observation'; observation: Observation } | { type: 'time'; at: number };
type Outcome = PanelOutcome<HandOverState>;

/** Observations that can change anything here, besides any that carries a number plate. */
export const handOverKinds: ReadonlySet<ObservationKind> = new Set([
  'badge.presented',
  'access.granted',
  'access.denied',
]);

/** The tag of one of the vehicles. */
export const vehicleOfTag = (badge: string, { vehicles }: DeliveryConfiguration): string | undefined =>
  vehicles.find(({ tags }) => tags.some((tag) => tag.toLowerCase() === badge.toLowerCase()))?.asset;

const plain = (plate: string): string => plate.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();

function vehicleSeen(
  { kind, subjects, observables }: Observation,
  configuration: DeliveryConfiguration,
): string | undefined {
  const plate = observables?.plate;
  if (plate !== undefined) {
    const found = configuration.vehicles.find(({ plates }) =>
      plates.some((each) => plain(each) === plain(plate)),
    );
    return found?.asset ?? plain(plate).slice(0, 16);
  }
  const badge = kind === 'badge.presented' ? subjects?.badge : undefined;
  return badge === undefined ? undefined : vehicleOfTag(badge, configuration);
}

/** One step. What has fallen due before it is done first. */
export function handOverStep(
  before: HandOverState,
  input: HandOverInput,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): Outcome {
  const at = input.type === 'time' ? input.at : input.observation.observedAt;
  const due = passTime(before, at, configuration, context);
  if (input.type === 'time') return due;
  const { observation } = input;
  const vehicle = vehicleSeen(observation, configuration);
  if (vehicle !== undefined) return andThen(due, arrived(due.state, vehicle, at, configuration, context));
  const came = comerOf(observation, configuration, context);
  return came === undefined ? due : andThen(due, appeared(due.state, came, configuration, context));
}

/** Somebody who delivers, at one of the points: by kind, or because a delivery names them. */
function comerOf(
  { id, kind, asset, subjects, observedAt: at }: Observation,
  { points, expected }: DeliveryConfiguration,
  { registry }: PanelContext,
): Comer | undefined {
  if (kind !== 'access.granted' && kind !== 'access.denied') return undefined;
  if (!points.includes(asset) || subjects === undefined) return undefined;
  const person = registry.resolve(subjects);
  if (person === undefined) return undefined;
  const delivers = person.kind === 'courier' || expected.some(({ who }) => who.includes(person.id));
  if (!delivers) return undefined;
  const { badge } = subjects;
  return { person: person.id, reader: asset, at, observation: id, ...(badge !== undefined && { badge }) };
}

function appeared(
  state: HandOverState,
  came: Comer,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): Outcome {
  const last = state.came[came.person];
  const isBack = last !== undefined && came.at >= last && came.at - last < RETURN_MS;
  if (isBack || state.waiting.some(({ person }) => person === came.person)) return nothing(state);
  const judgement = judgementOf(state, came, configuration, context);
  // Badge before vehicle: it may still be turning round in the yard.
  const mayBeSeen =
    judgement.outcome === 'wrong-vehicle' && configuration.settleMs > 0 && state.waiting.length < MAX_WAITING;
  if (mayBeSeen)
    return nothing({
      ...state,
      waiting: [...state.waiting, { ...came, until: came.at + configuration.settleMs }],
    });
  return concluded(state, came, judgement, context);
}

const judgementOf = (
  { done, vehicles }: HandOverState,
  { person, reader, at }: Comer,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): Judgement =>
  judge(
    { person: { id: person }, reader, at },
    configuration,
    context,
    (key) => done[key] !== undefined,
    vehicles,
  );

/** A vehicle was seen; whoever waited for it is judged again. */
function arrived(
  before: HandOverState,
  vehicle: string,
  at: number,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): Outcome {
  let outcome = nothing({ ...before, vehicles: newest({ ...before.vehicles, [vehicle]: at }) });
  for (const { until: _until, ...came } of before.waiting) {
    const judgement = judgementOf(outcome.state, came, configuration, context);
    if (judgement.outcome !== 'wrong-vehicle')
      outcome = andThen(outcome, concluded(outcome.state, came, judgement, context));
  }
  return outcome;
}

const newest = (of: Record<string, number>): Record<string, number> => {
  const entries = Object.entries(of);
  return entries.length <= MAX_REMEMBERED
    ? of
    : Object.fromEntries(entries.sort(([, a], [, b]) => b - a).slice(0, MAX_REMEMBERED));
};

/** What came of it, as an observation, and as a detection where it is not as announced. */
function concluded(state: HandOverState, came: Comer, judgement: Judgement, context: PanelContext): Outcome {
  const { outcome, occurrence, seenVehicle } = judgement;
  const { person, badge, reader, at, observation } = came;
  const { registry } = context;
  // Early, late or in another vehicle, it has been handed over, and is not expected again.
  const isHandedOver = occurrence !== undefined && outcome !== 'wrong-person';
  const after: HandOverState = {
    ...state,
    waiting: state.waiting.filter((other) => other.person !== person),
    came: newest({ ...state.came, [person]: at }),
    done: isHandedOver ? newest({ ...state.done, [occurrence.key]: at }) : state.done,
  };
  const facts: Facts = { ...factsOf(judgement), ...(seenVehicle !== undefined && { seenVehicle }) };
  const name = registry.identity(person)?.name ?? person;
  return {
    state: after,
    observations: [
      {
        kind: 'delivery.checked',
        asset: reader,
        observedAt: at,
        subjects: { identity: person, ...(badge !== undefined && { badge }) },
        facts: { presented: observation, ...facts },
      },
    ],
    detections:
      outcome === 'as-expected'
        ? []
        : [
            panelDetection('delivery', severities[outcome], observation, at, { asset: reader }, context, {
              summary: `${name} at ${nameOf(reader, registry)}: ${words(judgement, context)}.`,
              identities: [person],
              evidence: [observation],
              facts,
              tactic: 'TA0001',
            }),
          ],
    actions: [],
  };
}

function passTime(
  before: HandOverState,
  at: number,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): Outcome {
  let outcome = nothing(before);
  for (const { until, ...came } of before.waiting)
    if (until <= at)
      outcome = andThen(
        outcome,
        concluded(outcome.state, came, judgementOf(outcome.state, came, configuration, context), context),
      );
  if (at <= before.lookedUntil) return outcome;
  const late = missedBetween(before.lookedUntil, at, configuration, context).filter(({ key }) =>
    isOpen(outcome.state, key),
  );
  const { registry } = context;
  for (const { dueAt, ...occurrence } of late) {
    const judgement: Judgement = { outcome: 'missed', occurrence };
    const reader = occurrence.delivery.at ?? configuration.points[0];
    if (reader === undefined) continue;
    outcome = andThen(outcome, {
      state: { ...outcome.state, missed: newest({ ...outcome.state.missed, [occurrence.key]: dueAt }) },
      observations: [
        { kind: 'delivery.checked', asset: reader, observedAt: dueAt, facts: factsOf(judgement) },
      ],
      detections: [
        panelDetection('delivery', severities.missed, occurrence.key, dueAt, { asset: reader }, context, {
          summary: `${nameOf(reader, registry)}: ${words(judgement, context)}.`,
          facts: factsOf(judgement),
        }),
      ],
      actions: [],
    });
  }
  // Moves on only with something to look at: a state that changes with every second would be written every second.
  return late.length === 0 && outcome.state === before
    ? outcome
    : { ...outcome, state: { ...outcome.state, lookedUntil: at } };
}

const isOpen = ({ done, missed }: HandOverState, key: string): boolean =>
  done[key] === undefined && missed[key] === undefined;

/** What was due after one instant and until another; after a longer absence only the last day. */
function missedBetween(
  after: number,
  until: number,
  configuration: DeliveryConfiguration,
  { site, registry }: PanelContext,
) {
  const timeZone = registry.site(site)?.timeZone;
  if (timeZone === undefined || configuration.expected.length === 0) return [];
  const from = Math.max(after, until - DAY_MS);
  const days = [until - DAY_MS, until].flatMap((day) => occurrencesOn(day, configuration, timeZone));
  return days
    .map((occurrence) => ({ ...occurrence, dueAt: occurrence.to + configuration.toleranceMs }))
    .filter(({ dueAt }) => dueAt > from && dueAt <= until)
    .sort((a, b) => a.dueAt - b.dueAt || (a.key < b.key ? -1 : 1));
}

/** When time alone changes something; undefined: not within a day. */
export function nextHandOverWake(
  state: HandOverState,
  now: number,
  configuration: DeliveryConfiguration,
  context: PanelContext,
): number | undefined {
  const waiting = state.waiting.map(({ until }) => until);
  const due = missedBetween(Math.max(now, state.lookedUntil), now + DAY_MS, configuration, context)
    .filter(({ key }) => isOpen(state, key))
    .map(({ dueAt }) => dueAt);
  const times = [...waiting, ...due];
  return times.length === 0 ? undefined : Math.min(...times);
}

const nothing = (state: HandOverState): Outcome => ({ state, observations: [], detections: [], actions: [] });

const andThen = (first: Outcome, second: Outcome): Outcome => ({
  state: second.state,
  observations: [...first.observations, ...second.observations],
  detections: [...first.detections, ...second.detections],
  actions: [...first.actions, ...second.actions],
});
