/**
 * What every device on a cable or in the network goes through, and its link with it: slow answers, noise, the cable out
 * and in, and a restart of the device. After each the newest value arrives, and never one that nobody has set. The
 * receiver's clock is wrong all the time.
 */
import { expect, test, vi } from 'vitest';
import { catalog } from '../../devices/profiles/catalog.ts';
import type { Reading } from '../../devices/profiles/profile.ts';
import { SimulatedReceiver } from '../../simulators/devices/gps/receiver.ts';
import { SimulatedPrinter } from '../../simulators/devices/label-printer/printer.ts';
import { RtuLine } from '../../simulators/devices/modbus/rtu-line.ts';
import { ModbusTcpServer } from '../../simulators/devices/modbus/tcp-server.ts';
import { SimulatedUnit } from '../../simulators/devices/modbus/units.ts';
import { Cable } from '../../simulators/devices/network/cable.ts';
import { SimulatedPortalReader } from '../../simulators/devices/rfid-portal/reader.ts';
import { SimulatedScale } from '../../simulators/devices/scale/scale.ts';
import { SimulatedScanner } from '../../simulators/devices/scanner/scanner.ts';
import { SimulatedPort, type SpeakingDevice } from '../../simulators/devices/serial/serial-port.ts';
import { SimulatedUps } from '../../simulators/devices/ups/ups.ts';
import { Stand, until } from '../test-stand.ts';

/** A busy machine may need it. */
vi.setConfig({ testTimeout: 300_000 });

const NOISE_BYTES = 200;
/** Short enough for every link's patience. */
const SLOW_MS = 250;
/** 2004. */
const CLOCK_OFFSET_MS = -22 * 365 * 86_400_000;

/** A device's way to the bridge, and what can happen to it. */
interface Way {
  /** Of the link's configuration. */
  where: string;
  slow(is: boolean): void;
  noise(): void;
  unplug(): void;
  plug(): void;
  /** The device is switched off, its cable stays where it is. */
  mute(is: boolean): void;
}

interface Device {
  name: string;
  family: string;
  /** Of the link's configuration, without `id`, `node` and where it is. */
  link: string;
  way: Way;
  /** Makes the device say the nth value: 0, 1, 2 … */
  set(n: number): void | Promise<void>;
  /** What the bridge is to make of the nth value. */
  expected(n: number): string;
  part: string;
  /** What happens is over at once: said only while the device is online, and lost otherwise. */
  isMoment?: true;
  /** May be silent for days: a restart of it is not noticed. */
  mayBeSilent?: true;
}

const toldBy = (reading: Reading): string =>
  reading.type === 'state' || reading.type === 'measurement'
    ? String(reading.value)
    : reading.type === 'position'
      ? String(reading.latitude)
      : String(reading.facts?.code);

test.each([
  'ups',
  'gps',
  'scanner',
  'scale',
  'printer',
  'modbus-rtu',
  'modbus-tcp',
  'printer-tcp',
  'rfid-portal',
])('%s: slow, noisy, unplugged and restarted, the newest value arrives and none is made up', async (name) => {
  const stand = await Stand.start();
  const power = new AbortController();
  try {
    const device = await deviceNamed(name, stand, power.signal);
    const { family, way, part } = device;
    stand.bridge(
      `id: one, node: one, ${device.link}, ${way.where}`.replace(/node: one, (?=type: modbus)/, ''),
    );
    const told = (): string[] =>
      stand.broker.messages
        .filter(({ topic }) => topic === `${family}/one/state`)
        .flatMap(({ topic, text }) => {
          const message = { topic, payload: new TextEncoder().encode(text), retained: false, receivedAt: 1 };
          return catalog.flatMap((profile) => {
            const result = profile.read(message, profile.memory());
            if ('refused' in result) throw new Error(`${text}: ${result.refused}`);
            return result.heard.flatMap(({ readings }) => readings);
          });
        })
        .filter((reading) => reading.part === part)
        .map(toldBy);
    const online = (is: 'true' | 'false') =>
      until(
        () => stand.broker.lastText(`${family}/one/online`) === is,
        `${name} online ${is}, told ${JSON.stringify(told().slice(-3))}`,
      );
    let count = 0;
    /** The next value, which must arrive. */
    const next = async (step: string) => {
      const n = count++;
      await device.set(n);
      await until(
        () => told().at(-1) === device.expected(n),
        `${name} ${step}: ${device.expected(n)}, told ${JSON.stringify(told().slice(-3))}`,
      );
    };

    if (device.isMoment) await online('true');
    await next('at first');
    way.slow(true);
    await next('slow');
    way.slow(false);

    way.noise();
    // A scanner gives up an unfinished code after two seconds.
    if (device.isMoment) await new Promise((resolve) => setTimeout(resolve, 3_500));
    await online('true');
    await next('after noise');

    way.unplug();
    await online('false');
    if (!device.isMoment) await device.set(count);
    way.plug();
    await online('true');
    await next('plugged in again');

    way.mute(true);
    if (!device.mayBeSilent) await online('false');
    if (!device.isMoment) await device.set(count);
    way.mute(false);
    await online('true');
    await next('after its restart');

    const each = told().filter((value, index, all) => value !== all[index - 1]);
    expect(each).toEqual(Array.from({ length: count }, (_, n) => device.expected(n)));
  } finally {
    power.abort();
    await stand.end();
  }
});

async function deviceNamed(name: string, stand: Stand, signal: AbortSignal): Promise<Device> {
  const serial = (device: SpeakingDevice): Way => {
    const port = new SimulatedPort(device, { name: 'one', folder: stand.ports, signal });
    return {
      where: `ports: '${stand.ports}/serial/by-id/usb-*one*'`,
      slow: (is) => {
        port.faults.delayMs = is ? SLOW_MS : 0;
      },
      noise: () => port.noise(NOISE_BYTES),
      unplug: () => port.unplug(),
      plug: () => port.plug(),
      mute: (is) => {
        port.faults.mute = is;
      },
    };
  };
  const network = async (port: number): Promise<Way> => {
    const cable = await Cable.lay(() => port, signal);
    return {
      where: `host: 127.0.0.1, tcpPort: ${cable.port}`,
      slow: (is) => {
        cable.isSlow = is;
      },
      noise: () => cable.noise(NOISE_BYTES),
      unplug: () => cable.pull(),
      plug: () => cable.plug(),
      mute: (is) => {
        cable.isMute = is;
      },
    };
  };
  const registers =
    'devices: [ { node: one, unit: 1, registers: [ { part: door, table: input, address: 0, type: uint16, property: contact, words: { open: 1, closed: 0 } } ] } ]';
  const onOff = (n: number) => n % 2 === 1;
  switch (name) {
    case 'ups': {
      const ups = new SimulatedUps();
      return {
        name,
        family: 'ups',
        link: 'type: ups, everyMs: 500',
        way: serial(ups),
        part: 'mains',
        set: (n) => {
          ups.hasMains = onOff(n);
        },
        expected: (n) => (onOff(n) ? 'present' : 'failed'),
      };
    }
    case 'gps': {
      const receiver = new SimulatedReceiver(signal, 200, () => Date.now() + CLOCK_OFFSET_MS);
      receiver.latitude = 10;
      return {
        name,
        family: 'gps',
        link: 'type: gps, everyMs: 1000',
        way: serial(receiver),
        part: 'position',
        set: (n) => {
          receiver.latitude = 10 + n;
        },
        expected: (n) => String(10 + n),
      };
    }
    case 'scanner': {
      const scanner = new SimulatedScanner();
      const way = serial(scanner);
      return {
        name,
        family: 'scanner',
        link: 'type: scanner',
        // A scan has no check sum: noise that looks like text is text. This does not.
        way: { ...way, noise: () => scanner.speak(new Uint8Array(NOISE_BYTES).fill(1)) },
        part: 'scan',
        set: (n) => scanner.scan(`SHELF-${n}`),
        expected: (n) => `SHELF-${n}`,
        isMoment: true,
        mayBeSilent: true,
      };
    }
    case 'scale': {
      const scale = new SimulatedScale();
      return {
        name,
        family: 'scale',
        link: 'type: scale, everyMs: 100',
        way: serial(scale),
        part: 'weight',
        set: (n) => {
          scale.grams = n * 100;
        },
        expected: (n) => String(n / 10),
      };
    }
    case 'printer':
    case 'printer-tcp': {
      const printer = new SimulatedPrinter();
      return {
        name,
        family: 'printer',
        link: 'type: label-printer, everyMs: 1000',
        way: name === 'printer' ? serial(printer) : await network((await printer.listen(signal)).port),
        part: 'paper',
        set: (n) => {
          printer.is.paperOut = onOff(n);
        },
        expected: (n) => (onOff(n) ? 'active' : 'clear'),
      };
    }
    case 'modbus-rtu':
    case 'modbus-tcp': {
      const unit = new SimulatedUnit();
      unit.input.set(0, 0);
      const units = new Map([[1, unit]]);
      return {
        name,
        family: 'modbus',
        link: `type: ${name}, everyMs: 200, answerMs: 600, ${registers}`,
        way:
          name === 'modbus-rtu'
            ? serial(new RtuLine(units))
            : await network((await ModbusTcpServer.start(units, signal)).port),
        part: 'door',
        set: (n) => void unit.input.set(0, n % 2),
        expected: (n) => (onOff(n) ? 'open' : 'closed'),
      };
    }
    case 'rfid-portal': {
      const reader = await SimulatedPortalReader.start({ outside: 1, inside: 2 }, signal);
      reader.clockOffsetMs = CLOCK_OFFSET_MS;
      return {
        name,
        family: 'portal',
        link: 'type: rfid-portal, outside: [1], inside: [2], keepaliveMs: 500, goneMs: 1000',
        way: await network(reader.port),
        part: 'passage',
        // SGTIN-96 with serial number n.
        set: (n) => reader.carry(`3074257BF7194E400000000${n}`, 'in'),
        expected: (n) => `(01)80614141123458(21)${n}`,
        isMoment: true,
      };
    }
    default:
      throw new RangeError(name);
  }
}
