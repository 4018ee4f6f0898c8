/**
 * Devices on an RS-485 line with Modbus RTU: fridge controllers, loggers, energy meters. The bridge asks one after the
 * other. What they say goes to `modbus/<node>/state` (devices/profiles/modbus-device.ts).
 */
import { z } from 'zod';
import { readRtuResponse, rtuRequest } from '../modbus/frame.ts';
import { keepConnected } from './connection.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { ModbusLine, modbusFields } from './modbus.ts';
import { pollingConversation, type Talk } from './polling.ts';
import { patternsOf, portFields } from './settings.ts';

/** Between two frames: 3.5 characters of 11 bits, and 1.75 ms above 19,200 baud (RTU, 2.5.1.1). */
export const frameGapMs = (baudRate: number): number =>
  baudRate > 19_200 ? 1.75 : (3.5 * 11 * 1_000) / baudRate;

const settings = z.strictObject({
  ...portFields,
  baudRate: z
    .union([1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200].map((rate) => z.literal(rate)))
    .default(9_600),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  ...modbusFields,
});
type Settings = z.infer<typeof settings>;

class ModbusRtuLink implements Link {
  private readonly given: Settings;
  private readonly context: LinkContext;
  private readonly line: ModbusLine;

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.line = new ModbusLine(given.devices, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const { baudRate, parity, stopBits, everyMs } = this.given;
    const setOnline = (isOnline: boolean) => this.line.portIs(isOnline);
    const context = { ...this.context, outlet: { ...this.context.outlet, setOnline } };
    const converse = () =>
      pollingConversation({
        baudRate,
        frame: { parity, stopBits },
        clock: this.context.clock,
        everyMs,
        round: (talk) => this.round(talk),
      });
    return keepConnected(patternsOf(this.given), context, converse, signal);
  }

  private round(talk: Talk): Promise<boolean> {
    const { baudRate, answerMs } = this.given;
    const { counters, log } = this.context;
    const gapMs = frameGapMs(baudRate);
    return this.line.round(async (unit, request) => {
      await new Promise((resolve) => setTimeout(resolve, gapMs));
      const response = await talk.ask(
        rtuRequest(unit, request),
        (heard) => readRtuResponse(unit, request, heard),
        answerMs,
        (why) => {
          counters.framesDamaged++;
          log.debug({ unit }, why);
        },
      );
      if (response !== undefined) counters.framesRead++;
      return response;
    });
  }

  command(): Promise<'refused'> {
    return Promise.resolve('refused');
  }

  gatewayReturned(): void {}
}

export const modbusRtu: LinkKind<typeof settings> = {
  type: 'modbus-rtu',
  title: 'Modbus devices on an RS-485 line',
  settings,
  create: (given, context) => new ModbusRtuLink(given, context),
};
