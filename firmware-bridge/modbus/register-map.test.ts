import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from '../../devices/configuration.ts';
import { coveredBy, registerMap, requestsFor, settingOf, toldBy } from './register-map.ts';

const fridge = registerMap.parse([
  { part: 'air', table: 'input', address: 0, quantity: 'temperature', scale: 0.1, missing: -32_768 },
  {
    part: 'door',
    table: 'input',
    address: 2,
    type: 'uint16',
    bit: 3,
    property: 'contact',
    words: { open: 1, closed: 0 },
  },
  { part: 'meter', address: 100, type: 'uint32', quantity: 'energy', unit: 'Wh' },
  { part: 'mains', address: 102, type: 'float32', order: 'low-first', quantity: 'voltage' },
  {
    part: 'horn',
    address: 300,
    type: 'uint16',
    property: 'siren',
    words: { on: [1, 2], off: 0 },
    writable: true,
  },
]);
const of = (part: string) => {
  const found = fridge.find((each) => each.part === part);
  if (found === undefined) throw new Error(part);
  return found;
};

describe('a register', () => {
  it('is a number with sign, scale and unit, in one or two words of either order', () => {
    expect(toldBy(of('air'), [0xffd3])).toEqual({ part: 'air', quantity: 'temperature', value: -4.5 });
    expect(toldBy(of('air'), [0x8000])).toBeUndefined();
    expect(toldBy(of('meter'), [0x0001, 0x86a0])).toEqual({ part: 'meter', quantity: 'energy', value: 100 });
    // 229.5 as a float is 43658000 hex.
    expect(toldBy(of('mains'), [0x8000, 0x4365])).toEqual({
      part: 'mains',
      quantity: 'voltage',
      value: 229.5,
    });
    expect(toldBy(of('mains'), [0, 0x7fc0])).toBe('mains: is no number');
  });

  it('is a state, by a bit or by numbers', () => {
    expect(toldBy(of('door'), [0b1000])).toEqual({ part: 'door', property: 'contact', value: 'open' });
    expect(toldBy(of('door'), [0b0111])).toEqual({ part: 'door', property: 'contact', value: 'closed' });
    expect(toldBy(of('horn'), [2])).toEqual({ part: 'horn', property: 'siren', value: 'on' });
    expect(toldBy(of('horn'), [7])).toBe('horn: 7 is none of its words');
  });

  it('is set only where it is said to be writable', () => {
    expect(settingOf(fridge, 'horn', 'on')).toEqual({ kind: 'write', address: 300, value: 1 });
    expect(settingOf(fridge, 'horn', 'jammed')).toBe('"horn" has no number for "jammed"');
    expect(settingOf(fridge, 'door', 'open')).toBe('"door" is not writable');
    expect(settingOf(fridge, 'lamp', 'on')).toBe('there is no state of "lamp"');
  });
});

describe('a map', () => {
  it('is read in few requests, each of neighbours', () => {
    const requests = requestsFor(fridge);
    expect(requests).toEqual([
      { kind: 'read', table: 'holding', address: 100, count: 4 },
      { kind: 'read', table: 'holding', address: 300, count: 1 },
      { kind: 'read', table: 'input', address: 0, count: 3 },
    ]);
    expect(requests.flatMap((request) => coveredBy(request, fridge)).length).toBe(fridge.length);
  });

  it.each([
    ['{ part: a, address: 1 }', /:1 registers\[0\]: needs quantity or property/],
    [
      '{ part: a, address: 1, quantity: power, unit: kg }',
      /registers\[0\]\.unit: power is not measured in "kg"/,
    ],
    [
      '{ part: a, address: 1, quantity: setting, unit: °C }',
      /unit: setting is not measured in "°C": expected none/,
    ],
    ['{ part: a, address: 65535, type: int32, quantity: power }', /address: reaches beyond register 65535/],
    ['{ part: a, address: 1, property: contact }', /words: needs the numbers for open, closed/],
    [
      '{ part: a, address: 1, property: contact, words: { opne: 1 } }',
      /words\.opne: contact is never "opne"/,
    ],
    [
      '{ part: a, address: 1, property: lock, bit: 1, writable: true, words: { locked: 1 } }',
      /writable: one bit/,
    ],
    ['{ part: a, adress: 1, quantity: power }', /registers\[0\]\.adress: there is no such key here/],
  ])('says what is wrong: %s', (text, expected) => {
    const read = () =>
      parseConfiguration(z.strictObject({ registers: registerMap }), `registers: [${text}]`, 'bridge.yaml');
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(expected);
  });
});
