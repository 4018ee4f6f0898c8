/** What Modbus devices have in common, whatever carries their frames: rounds of reading, values told, states set. */
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';
import { exceptionText, type Request, type Response } from '../modbus/frame.ts';
import {
  coveredBy,
  type Register,
  registerMap,
  requestsFor,
  settingOf,
  toldBy,
  type Value,
} from '../modbus/register-map.ts';
import { DeviceReports } from './device-reports.ts';
import type { LinkContext } from './link.ts';
import { MISSES_TO_OFFLINE } from './polling.ts';

/** An RS-485 line carries 32 electrically. */
export const MAX_DEVICES = 32;
/** Commands that wait for their turn. */
const MAX_COMMANDS = 8;
/** A command that could not be sent within this is dead. */
const COMMAND_LIFETIME_MS = 10_000;
const MAX_COMMAND_BYTES = 512;
/** Measured values are told at most this often, in the site's time; states at once. */
const VALUES_MS = 10_000;

const device = z.strictObject({
  /** Its name in topics: `modbus/<node>/…` */
  node: identifier,
  unit: z.number().int().min(0).max(247),
  registers: registerMap,
});
export type DeviceSettings = z.infer<typeof device>;

export const modbusFields = {
  devices: z
    .array(device)
    .min(1)
    .max(MAX_DEVICES)
    .superRefine((entries, context) => {
      const first = new Map<number, number>();
      for (const [index, { unit }] of entries.entries()) {
        const earlier = first.get(unit);
        if (earlier === undefined) first.set(unit, index);
        else
          context.addIssue({
            code: 'custom',
            path: [index, 'unit'],
            message: `${unit} is also the unit of devices[${earlier}]`,
          });
      }
    }),
  /** Between two rounds of reading. */
  everyMs: z.number().int().min(100).max(3_600_000).default(5_000),
  /** How long a device may take to answer. */
  answerMs: z.number().int().min(50).max(10_000).default(1_000),
};

interface ModbusState {
  values: Value[];
  unreadable?: string[];
}

const command = z.object({ part: z.string().max(128), state: z.string().max(32) });

/** Sends one request to a unit; undefined: no answer. */
export type Transact = (unit: number, request: Request) => Promise<Response | undefined>;

/** While others answer, one that does not is asked in every so manyth round: each time costs the line its patience. */
const ABSENT_ROUNDS = 4;

/** One device of a line. */
export class ModbusDevice {
  private readonly given: DeviceSettings;
  private readonly context: LinkContext;
  private readonly reports: DeviceReports<ModbusState>;
  private readonly commands: { part: string; request: Request; untilMs: number }[] = [];
  private misses = 0;
  private states = '';
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private told = '';

  constructor(given: DeviceSettings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.reports = new DeviceReports('modbus', given.node, context, (payload) => this.command(payload));
  }

  get isAbsent(): boolean {
    return this.misses >= MISSES_TO_OFFLINE;
  }

  setOffline(): void {
    this.reports.setOnline(false);
  }

  /** Carries out what waits and reads all registers. True: the device has answered. */
  async round(transact: Transact): Promise<boolean> {
    const { unit, registers } = this.given;
    for (let next = this.commands.shift(); next !== undefined; next = this.commands.shift())
      await this.set(next, transact);
    const values: Value[] = [];
    const unreadable: string[] = [];
    let hasAnswered = false;
    for (const request of requestsFor(registers)) {
      const response = await transact(unit, request);
      // One that is not there is not asked for the rest: others of the line wait.
      if (response === undefined) return this.missed();
      hasAnswered = true;
      const covered = coveredBy(request, registers);
      if ('exception' in response) {
        for (const each of await this.oneByOne(covered, response.exception, transact)) {
          if (typeof each === 'string') unreadable.push(each);
          else values.push(each);
        }
      } else if ('registers' in response)
        for (const each of covered) {
          const value = toldBy(each, response.registers.slice(each.address - request.address));
          if (typeof value === 'string') unreadable.push(value);
          else if (value !== undefined) values.push(value);
        }
    }
    if (!hasAnswered) return this.missed();
    this.misses = 0;
    this.reports.setOnline(true);
    this.tell(values, unreadable);
    return true;
  }

  private missed(): boolean {
    this.misses++;
    if (this.misses >= MISSES_TO_OFFLINE) this.reports.setOnline(false);
    return false;
  }

  /** Some devices refuse a whole request for one register that they do not have. */
  private async oneByOne(
    covered: Register[],
    exception: number,
    transact: Transact,
  ): Promise<(Value | string)[]> {
    if (covered.length === 1) return covered.map(({ part }) => `${part}: ${exceptionText(exception)}`);
    const found: (Value | string)[] = [];
    for (const each of covered)
      for (const request of requestsFor([each])) {
        const response = await transact(this.given.unit, request);
        const value =
          response === undefined
            ? `${each.part}: no answer`
            : 'exception' in response
              ? `${each.part}: ${exceptionText(response.exception)}`
              : 'registers' in response
                ? toldBy(each, response.registers)
                : undefined;
        if (value !== undefined) found.push(value);
      }
    return found;
  }

  private tell(values: Value[], unreadable: string[]): void {
    const nowMs = this.context.clock.monotonicMs();
    const states = JSON.stringify([values.filter((value) => 'property' in value), unreadable]);
    const isNews = states !== this.states || nowMs - this.toldAtMs >= VALUES_MS;
    if (unreadable.length > 0) this.warn(unreadable.join('; '));
    if (isNews) this.toldAtMs = nowMs;
    this.states = states;
    this.reports.state({ values, ...(unreadable.length === 0 ? {} : { unreadable }) }, isNews);
  }

  private command(payload: Uint8Array): void {
    const { counters } = this.context;
    const read = readCommand(payload);
    const request = 'refused' in read ? read.refused : settingOf(this.given.registers, read.part, read.state);
    if (typeof request === 'string' || this.commands.length >= MAX_COMMANDS) {
      counters.commandsRefused++;
      this.warn(`command refused: ${typeof request === 'string' ? request : 'too many wait'}`);
      return;
    }
    const part = 'refused' in read ? '' : read.part;
    this.commands.push({ part, request, untilMs: performance.now() + COMMAND_LIFETIME_MS });
  }

  private async set(
    { part, request, untilMs }: { part: string; request: Request; untilMs: number },
    transact: Transact,
  ): Promise<void> {
    const { counters, log } = this.context;
    // It waited while the device was away: a lock that opens late is worse than one that does not.
    if (performance.now() > untilMs) {
      counters.commandsExpired++;
      return;
    }
    const response = await transact(this.given.unit, request);
    const isDone = response !== undefined && 'written' in response;
    if (isDone) counters.commandsDone++;
    else counters.commandsRefused++;
    const because =
      response === undefined ? 'no answer' : 'exception' in response ? exceptionText(response.exception) : '';
    log.info({ node: this.given.node, part, done: isDone, because }, 'command');
  }

  /** The same again is not news. */
  private warn(text: string): void {
    if (text !== this.told) this.context.log.warn({ node: this.given.node }, text);
    this.told = text;
  }
}

/** All devices of one line or address, in turn. */
export class ModbusLine {
  private readonly devices: readonly ModbusDevice[];
  private rounds = 0;

  constructor(given: readonly DeviceSettings[], context: LinkContext) {
    this.devices = given.map((device) => new ModbusDevice(device, context));
  }

  /** A port that closes takes all devices with it; that one is there says nothing of the devices. */
  portIs(isOnline: boolean): void {
    if (!isOnline) for (const device of this.devices) device.setOffline();
  }

  /** True: at least one has answered. */
  async round(transact: Transact): Promise<boolean> {
    this.rounds++;
    const present = this.devices.filter(({ isAbsent }) => !isAbsent);
    const isForAll = present.length === 0 || this.rounds % ABSENT_ROUNDS === 0;
    let isAnyThere = false;
    for (const device of isForAll ? this.devices : present)
      if (await device.round(transact)) isAnyThere = true;
    return isAnyThere;
  }
}

function readCommand(payload: Uint8Array): z.infer<typeof command> | { refused: string } {
  if (payload.byteLength > MAX_COMMAND_BYTES) return { refused: `more than ${MAX_COMMAND_BYTES} bytes` };
  try {
    const read = command.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
    return read.success ? read.data : { refused: 'needs part and state' };
  } catch {
    return { refused: 'no JSON' };
  }
}
