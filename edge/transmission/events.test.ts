import { describe, expect, it } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import { panelAlarms } from '../panel/alarm.ts';
import { catalog } from '../rules/catalog.ts';
import { contactIdData, eventCodes, eventOf, restored, siaData } from './events.ts';

const detection = (rule: string, more: Partial<Detection> = {}): Detection => ({
  id: 'd',
  at: 5,
  rule,
  severity: 'high',
  source: 's',
  assets: ['door'],
  identities: [],
  observables: {},
  summary: '',
  facts: {},
  evidence: [],
  count: 1,
  ...more,
});
const zone = () => 12;

describe('an event for the station', () => {
  it('is known for every kind of rule and every alarm of the panel', () => {
    const known = [...catalog.map(({ kind }) => kind), ...Object.keys(panelAlarms)];
    // The side of an excursion decides its code.
    expect(known.filter((kind) => eventCodes[kind] === undefined)).toEqual(['temperature-excursion']);
  });

  it('says which side of the band, and what is over', () => {
    const warm = eventOf(
      detection('temperature-excursion:fridge', { facts: { side: 'above' } }),
      zone,
      'medium',
    );
    const cold = eventOf(detection('temperature-excursion', { facts: { side: 'below' } }), zone, 'medium');
    expect([warm, cold].map((event) => event && contactIdData(event))).toEqual([
      '1158 01 012',
      '1159 01 012',
    ]);
    expect(cold && siaData(restored(cold, 9))).toBe('Nri01/ZR012');
    expect(cold && contactIdData(restored(cold, 9))).toBe('3159 01 012');
  });

  it('is none below the severity that is wanted, and a general alarm for what nobody foresaw', () => {
    expect(eventOf(detection('tamper', { severity: 'low' }), zone, 'medium')).toBeUndefined();
    const unknown = eventOf(detection('of-tomorrow'), zone, 'medium');
    expect(unknown && [contactIdData(unknown), siaData(restored(unknown, 9))]).toEqual([
      '1140 01 012',
      'Nri01/UR012',
    ]);
  });
});
