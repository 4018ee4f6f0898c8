/**
 * A device in the network with Modbus TCP, or a gateway with several behind it, told apart by their unit. What they say
 * goes to `modbus/<node>/state` (devices/profiles/modbus-device.ts). The protocol knows no password: keep such devices in a
 * network of their own.
 */
import { z } from 'zod';
import { readTcpResponse, tcpRequest } from '../modbus/frame.ts';
import type { Link, LinkContext, LinkKind } from './link.ts';
import { ModbusLine, modbusFields } from './modbus.ts';
import { pollingConversation, type Talk } from './polling.ts';
import { keepConnectedByTcp, networkFields } from './tcp-connection.ts';

const MODBUS_PORT = 502;

const settings = z.strictObject({ ...networkFields(MODBUS_PORT), ...modbusFields });
type Settings = z.infer<typeof settings>;

class ModbusTcpLink implements Link {
  private readonly given: Settings;
  private readonly context: LinkContext;
  private readonly line: ModbusLine;
  private transaction = 0;

  constructor(given: Settings, context: LinkContext) {
    this.given = given;
    this.context = context;
    this.line = new ModbusLine(given.devices, context);
  }

  run(signal: AbortSignal): Promise<void> {
    const { host, tcpPort, everyMs } = this.given;
    const setOnline = (isOnline: boolean) => this.line.portIs(isOnline);
    const context = { ...this.context, outlet: { ...this.context.outlet, setOnline } };
    const converse = () =>
      pollingConversation({
        baudRate: 0,
        clock: this.context.clock,
        everyMs,
        round: (talk) => this.round(talk),
      });
    return keepConnectedByTcp({ host, tcpPort }, context, converse, signal);
  }

  private round(talk: Talk): Promise<boolean> {
    const { counters, log } = this.context;
    return this.line.round(async (unit, request) => {
      this.transaction = (this.transaction + 1) & 0xffff;
      const transaction = this.transaction;
      const response = await talk.ask(
        tcpRequest(transaction, unit, request),
        (heard) => readTcpResponse(transaction, unit, request, heard),
        this.given.answerMs,
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

export const modbusTcp: LinkKind<typeof settings> = {
  type: 'modbus-tcp',
  title: 'Modbus devices in the network',
  settings,
  create: (given, context) => new ModbusTcpLink(given, context),
};
