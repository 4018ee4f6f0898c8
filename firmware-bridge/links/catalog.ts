/** The kinds of links. A new one is a file beside this and a line here: see docs/adding-a-link.md. */
import { doorNode } from './door-node.ts';
import { firmata } from './firmata.ts';
import { gps } from './gps.ts';
import { labelPrinter } from './label-printer.ts';
import { modbusRtu } from './modbus-rtu.ts';
import { modbusTcp } from './modbus-tcp.ts';
import { osdp } from './osdp.ts';
import { rfidPortal } from './rfid-portal.ts';
import { scale } from './scale.ts';
import { scanner } from './scanner.ts';
import { ups } from './ups.ts';

export const linkKinds = {
  'door-node': doorNode,
  firmata,
  osdp,
  'modbus-rtu': modbusRtu,
  'modbus-tcp': modbusTcp,
  scanner,
  scale,
  ups,
  gps,
  'label-printer': labelPrinter,
  'rfid-portal': rfidPortal,
} as const;
