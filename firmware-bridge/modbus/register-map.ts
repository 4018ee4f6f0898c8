/** The map of a device's registers, as the configuration gives it, and what their words mean. */
import { z } from 'zod';
import { plainText } from '../../devices/model/identifiers.ts';
import { quantities } from '../../devices/profiles/profile.ts';
import { converter, rounded, units } from '../../devices/profiles/units.ts';
import { MAX_REGISTERS, type Request } from './frame.ts';

/** Values of one device. */
export const MAX_VALUES = 128;
/** Registers between two wanted ones that are read along rather than asked for apart. */
const MAX_GAP = 8;

const types = { int16: 1, uint16: 1, int32: 2, uint32: 2, float32: 2 } as const;
type Type = keyof typeof types;

/** The values of a property: the profile `modbus-device` knows the same. */
const states = {
  contact: ['open', 'closed'],
  motion: ['active', 'clear'],
  tamper: ['active', 'clear'],
  lock: ['locked', 'unlocked', 'jammed'],
  siren: ['on', 'off'],
  battery: ['low', 'normal'],
  power: ['present', 'failed'],
  fault: ['active', 'clear'],
} as const;

const number = z.number().int().min(0).max(0xffff_ffff);
const words = z.union([number.transform((only) => [only]), z.array(number).min(1).max(32)], {
  error: 'expected a number, or a list of numbers',
});

const register = z
  .strictObject({
    /** What the asset's assignment calls it. */
    part: plainText.min(1).max(64),
    table: z.enum(['holding', 'input']).default('holding'),
    /** As it goes over the wire: the first register is 0, also where a manual calls it 40001 or 30001. */
    address: z.number().int().min(0).max(0xffff),
    type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32']).default('int16'),
    /** Which half of a value of two registers comes first. */
    order: z.enum(['high-first', 'low-first']).default('high-first'),
    quantity: z.enum(quantities).optional(),
    unit: z.string().max(16).optional(),
    /** The quantity is number × scale + offset. */
    scale: z
      .number()
      .refine((value) => value !== 0, 'must not be 0')
      .default(1),
    offset: z.number().default(0),
    /** What the device sends where a probe is missing or broken: nothing is told then. */
    missing: z.number().optional(),
    property: z
      .enum(['contact', 'motion', 'tamper', 'lock', 'siren', 'battery', 'power', 'fault'])
      .optional(),
    /** Only this bit of the register, 0 the lowest. */
    bit: z.number().int().min(0).max(15).optional(),
    words: z.record(z.string().max(32), words).optional(),
    /** The state may be set by a command: function 6. */
    writable: z.boolean().default(false),
  })
  .superRefine((given, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const { quantity, property, unit, bit } = given;
    if ((quantity === undefined) === (property === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs quantity or property, and not both' });
      return;
    }
    if (given.address + types[given.type] > 0x1_0000) problem('address', 'reaches beyond register 65535');
    if (quantity !== undefined) {
      if (unit !== undefined && converter(quantity, unit) === undefined)
        problem(
          'unit',
          `${quantity} is not measured in "${unit}": expected ${Object.keys(units[quantity]).join(', ') || 'none'}`,
        );
      for (const key of ['bit', 'words'] as const)
        if (given[key] !== undefined) problem(key, 'only a property has that');
      if (given.writable) problem('writable', 'only a property can be set');
      return;
    }
    if (unit !== undefined) problem('unit', 'only a quantity has that');
    if (types[given.type] !== 1) problem('type', 'a property is in one register');
    if (given.writable && bit !== undefined)
      problem('writable', 'one bit of a register can not be set alone');
    const expected: readonly string[] = property === undefined ? [] : states[property];
    if (given.words === undefined) return problem('words', `needs the numbers for ${expected.join(', ')}`);
    for (const value of Object.keys(given.words))
      if (!expected.includes(value))
        context.addIssue({
          code: 'custom',
          path: ['words', value],
          message: `${property} is never "${value}": expected ${expected.join(', ')}`,
        });
  });
export type Register = z.infer<typeof register>;

export const registerMap = z
  .array(register)
  .min(1)
  .max(MAX_VALUES)
  .superRefine((entries, context) => {
    const first = new Map<string, number>();
    for (const [index, { part, quantity, property }] of entries.entries()) {
      const name = `${part}/${quantity ?? property}`;
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, index);
      else
        context.addIssue({
          code: 'custom',
          path: [index, 'part'],
          message: `"${part}" is also registers[${earlier}]`,
        });
    }
  });

type Read = Extract<Request, { kind: 'read' }>;

/** Requests that read all of a map, with what lies near together in one. */
export function requestsFor(map: readonly Register[]): Read[] {
  const requests: Read[] = [];
  const sorted = [...map].sort(
    (one, other) => one.table.localeCompare(other.table) || one.address - other.address,
  );
  for (const { table, address, type } of sorted) {
    const last = requests.at(-1);
    const end = address + types[type];
    const isNear =
      last?.table === table &&
      address <= last.address + last.count + MAX_GAP &&
      end - last.address <= MAX_REGISTERS;
    if (last !== undefined && isNear) last.count = Math.max(last.count, end - last.address);
    else requests.push({ kind: 'read', table, address, count: types[type] });
  }
  return requests;
}

/** Which of a map's registers a request reads. */
export const coveredBy = ({ table, address, count }: Read, map: readonly Register[]): Register[] =>
  map.filter(
    (each) =>
      each.table === table && each.address >= address && each.address + types[each.type] <= address + count,
  );

function numberIn(words: readonly number[], type: Type, order: Register['order']): number {
  const [first = 0, second = 0] = words;
  const [high, low] = order === 'high-first' ? [first, second] : [second, first];
  const view = new DataView(new ArrayBuffer(4));
  if (types[type] === 1) view.setUint16(0, first);
  else {
    view.setUint16(0, high);
    view.setUint16(2, low);
  }
  switch (type) {
    case 'int16':
      return view.getInt16(0);
    case 'uint16':
      return view.getUint16(0);
    case 'int32':
      return view.getInt32(0);
    case 'uint32':
      return view.getUint32(0);
    case 'float32':
      // 4.3 sent as a float is 4.3, not 4.300000190734863.
      return Number(view.getFloat32(0).toPrecision(7));
  }
}

export type Value =
  | { part: string; quantity: string; value: number }
  | { part: string; property: string; value: string };

/** What a register says. Undefined: the device marks it as missing. Text: why it can't be read. */
export function toldBy(of: Register, registers: readonly number[]): Value | string | undefined {
  const read = numberIn(registers, of.type, of.order);
  if (of.missing !== undefined && read === of.missing) return undefined;
  const { part, quantity, property } = of;
  if (quantity !== undefined) {
    const scaled = rounded(read * of.scale + of.offset);
    const value = of.unit === undefined ? scaled : converter(quantity, of.unit)?.(scaled);
    if (value === undefined || !Number.isFinite(value)) return `${part}: is no number`;
    return { part, quantity, value };
  }
  const said = of.bit === undefined ? read : (read >> of.bit) & 1;
  const value = Object.entries(of.words ?? {}).find(([, numbers]) => numbers.includes(said))?.[0];
  if (value === undefined || property === undefined) return `${part}: ${said} is none of its words`;
  return { part, property, value };
}

/** The request that sets a state; text: why it can't. */
export function settingOf(map: readonly Register[], part: string, state: string): Request | string {
  const found = map.filter((each) => each.part === part && each.property !== undefined);
  const [one] = found.filter(({ writable }) => writable);
  if (found.length === 0) return `there is no state of "${part}"`;
  if (one === undefined) return `"${part}" is not writable`;
  if (one.table !== 'holding') return `"${part}" is an input register: it can only be read`;
  const value = Object.hasOwn(one.words ?? {}, state) ? one.words?.[state]?.[0] : undefined;
  if (value === undefined || value > 0xffff) return `"${part}" has no number for "${state}"`;
  return { kind: 'write', address: one.address, value };
}
