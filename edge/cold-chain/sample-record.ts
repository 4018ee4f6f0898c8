/** For tests only: a fridge's day with an excursion by an open door, a gap, a power failure and a decision. */

import type { FridgeReading } from './excursion.ts';
import type { Happening } from './journal.ts';
import { periodOf } from './period.ts';
import { type ColdChainRecord, coldChainRecord, windowOf } from './record.ts';
import type { StoredWindow } from './store.ts';
import { defaultLimits } from './stretch.ts';
import type { FridgeTerms } from './terms.ts';

const MINUTE_MS = 60_000;
export const timeZone = 'Europe/Berlin';
export const dayStart = Date.parse('2026-11-21T23:00:00Z');
export const at = (hours: number, minutes = 0): number => dayStart + (hours * 60 + minutes) * MINUTE_MS;

export const terms: FridgeTerms = {
  band: { minCelsius: 2, maxCelsius: 8 },
  limits: defaultLimits,
  warnMarginCelsius: 0.5,
  frozen: false,
  calibration: {
    calibratedOn: '2026-02-10',
    dueOn: '2027-02-10',
    offsetCelsius: 0.1,
    probe: 'T-4471',
    certificate: 'DKD-2026-0193',
  },
};

/** A saw-tooth between 3.8 and 5.6 °C; from 10:00 the door stands open, from 15:00 the probe is silent. */
export function sampleReadings(days = 1): FridgeReading[] {
  const readings: FridgeReading[] = [];
  for (let minute = -30; minute < days * 24 * 60; minute += 2) {
    const ofDay = ((minute % 1440) + 1440) % 1440;
    const isBad = minute >= 0 && minute < 1440;
    if (isBad && ofDay >= 15 * 60 && ofDay < 16 * 60 + 40) continue;
    const cycle = 4.7 + 0.9 * Math.sin((minute / 40) * 2 * Math.PI);
    const since = ofDay - 600;
    const warm =
      since < 0 ? 0 : since < 45 ? 9 * (1 - Math.exp(-since / 18)) : 8.3 * Math.exp(-(since - 45) / 25);
    const value = cycle + (isBad ? warm : 0);
    readings.push({
      at: dayStart + minute * MINUTE_MS,
      celsius: Math.round(value * 10) / 10,
      probe: 'zigbee2mqtt:0x01',
    });
  }
  return readings;
}

export const sampleHappenings: Happening[] = [
  { at: at(7, 12), kind: 'door.opened', asset: 'fridge-1', id: 'g/e/1' },
  { at: at(7, 13), kind: 'door.closed', asset: 'fridge-1', id: 'g/e/2' },
  { at: at(9, 58), kind: 'door.opened', asset: 'fridge-1', id: 'g/e/3' },
  { at: at(10, 46), kind: 'door.closed', asset: 'fridge-1', id: 'g/e/4' },
  {
    at: at(10, 24),
    kind: 'goods.quarantined',
    asset: 'fridge-1',
    id: 'g/e/5',
    facts: { startedAt: at(10, 10), side: 'above', peakCelsius: 11 },
  },
  {
    at: at(11, 40),
    kind: 'goods.released',
    asset: 'fridge-1',
    id: 'g/e/6',
    by: 'Erika Müller',
    identity: 'erika',
    facts: {
      startedAt: at(10, 10),
      reason: 'Peak below 15 °C, makers’ stability data allow 72 h; "insulins" checked',
    },
  },
  { at: at(14, 50), kind: 'power.failed', asset: 'ups-1', id: 'g/e/7' },
  { at: at(16, 35), kind: 'power.restored', asset: 'ups-1', id: 'g/e/8' },
];

export const storedOf = (
  readings: FridgeReading[] = sampleReadings(),
  happenings: Happening[] = sampleHappenings,
): StoredWindow => ({
  readings,
  happenings: [...happenings].sort((a, b) => a.at - b.at),
  terms: [],
  offsets: new Map([['zigbee2mqtt:0x01', new Set([0.1])]]),
  damaged: [],
});

export function sampleRecord(
  name = '2026-11-22',
  asOf = at(40),
  stored: StoredWindow = storedOf(),
): ColdChainRecord {
  const period = periodOf(name, timeZone);
  if (period === undefined) throw new RangeError(`there is no ${name}`);
  const question = {
    gateway: 'corner-gateway',
    site: { id: 'corner-pharmacy', name: 'Corner Pharmacy', timeZone },
    fridge: { id: 'fridge-1', name: 'Medicine fridge 1', zone: 'Store room' },
    period,
    asOf,
    terms,
  };
  const { from, to, until } = windowOf(question);
  return coldChainRecord(question, {
    ...stored,
    readings: stored.readings.filter((reading) => reading.at >= from && reading.at < to),
    happenings: stored.happenings.filter((one) => one.at < until),
  });
}
