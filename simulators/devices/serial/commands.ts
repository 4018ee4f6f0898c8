/** What can be typed at a simulated device: its own words, and those of its cable. */
import { SimulatedReceiver } from '../gps/receiver.ts';
import { SimulatedPrinter } from '../label-printer/printer.ts';
import { RtuLine } from '../modbus/rtu-line.ts';
import { SimulatedUnit } from '../modbus/units.ts';
import { SimulatedScale } from '../scale/scale.ts';
import { SimulatedScanner } from '../scanner/scanner.ts';
import { SimulatedUps } from '../ups/ups.ts';
import type { SimulatedPort, SpeakingDevice } from './serial-port.ts';

export interface TypedDevice {
  device: SpeakingDevice;
  /** Carries out words of its own; false: not understood. */
  obey(words: readonly string[]): boolean;
}

const MAX_NOISE_BYTES = 65_536;

const isOn = (word: string | undefined): boolean | undefined =>
  word === 'on' ? true : word === 'off' ? false : undefined;
const numberIn = (word: string | undefined): number | undefined => {
  const value = word === undefined || word === '' ? Number.NaN : Number(word);
  return Number.isFinite(value) ? value : undefined;
};

function typedUps(): TypedDevice {
  const device = new SimulatedUps();
  return {
    device,
    obey([word, value]) {
      const [is, number] = [isOn(value), numberIn(value)];
      if (word === 'mains' && is !== undefined) device.hasMains = is;
      else if (word === 'fault' && is !== undefined) device.isFaulty = is;
      else if (word === 'battery' && number !== undefined) device.batteryVolts = number;
      else if (word === 'load' && number !== undefined) device.loadPercent = number;
      else return false;
      return true;
    },
  };
}

function typedReceiver(signal: AbortSignal): TypedDevice {
  const device = new SimulatedReceiver(signal);
  return {
    device,
    obey([word, first, second]) {
      const [one, two, is] = [numberIn(first), numberIn(second), isOn(first)];
      if (word === 'at' && one !== undefined && two !== undefined) {
        device.latitude = one;
        device.longitude = two;
      } else if (word === 'knots' && one !== undefined) device.knots = one;
      else if (word === 'fix' && is !== undefined) device.hasFix = is;
      else return false;
      return true;
    },
  };
}

function typedScanner(): TypedDevice {
  const device = new SimulatedScanner();
  return {
    device,
    obey([word, ...rest]) {
      const [gtin, batch, expiry, serial] = rest;
      if (word === 'scan' && gtin !== undefined) device.scan(rest.join(' '));
      else if (word === 'pack' && gtin && batch && expiry && serial)
        device.scanPack({ gtin, batch, expiry, serial });
      else return false;
      return true;
    },
  };
}

function typedScale(): TypedDevice {
  const device = new SimulatedScale();
  return {
    device,
    obey([word, value]) {
      const [grams, is] = [numberIn(value), isOn(value)];
      if (word === 'put' && grams !== undefined) device.grams = grams;
      else if (word === 'moving' && is !== undefined) device.isMoving = is;
      else return false;
      return true;
    },
  };
}

function typedPrinter(): TypedDevice {
  const device = new SimulatedPrinter();
  const flags = ['paperOut', 'ribbonOut', 'headOpen', 'paused', 'tooHot', 'tooCold', 'memoryLost'] as const;
  return {
    device,
    obey([word, value]) {
      const [flag, is] = [flags.find((name) => name === word), isOn(value)];
      if (flag === undefined || is === undefined) return false;
      device.is[flag] = is;
      return true;
    },
  };
}

/** One unit, 1, with an input and a holding register 0 to 9. */
function typedModbus(): TypedDevice {
  const unit = new SimulatedUnit();
  for (let address = 0; address < 10; address++) {
    unit.input.set(address, 0);
    unit.holding.set(address, 0);
  }
  return {
    device: new RtuLine(new Map([[1, unit]])),
    obey([word, first, second]) {
      const [address, value, is] = [numberIn(first), numberIn(second), isOn(first)];
      if ((word === 'input' || word === 'holding') && address !== undefined && value !== undefined)
        unit[word].set(address, value & 0xffff);
      else if (word === 'power' && is !== undefined) unit.faults.off = !is;
      else return false;
      return true;
    },
  };
}

export const kinds: Readonly<Record<string, (signal: AbortSignal) => TypedDevice>> = {
  ups: typedUps,
  gps: typedReceiver,
  scanner: typedScanner,
  scale: typedScale,
  printer: typedPrinter,
  modbus: typedModbus,
};

export const commandHelp = `  ups       mains on|off, fault on|off, battery VOLTS, load PERCENT
  gps       at LATITUDE LONGITUDE, knots SPEED, fix on|off
  scanner   scan TEXT, pack GTIN BATCH YYMMDD SERIAL
  scale     put GRAMS, moving on|off
  printer   paperOut|ribbonOut|headOpen|paused|tooHot|tooCold|memoryLost on|off
  modbus    input ADDRESS VALUE, holding ADDRESS VALUE, power on|off (RTU, unit 1)
  any       unplug, plug, mute on|off, slow MS, damage COUNT, noise BYTES, quit
`;

/** Carries out one line. The answer is a line, or nothing where the line was empty. */
export function obeyLine(port: SimulatedPort, { obey }: TypedDevice, typed: string): string | undefined {
  const words = typed.trim().split(/\s+/);
  const [word = '', value] = words;
  if (word === '') return undefined;
  const [number, is] = [numberIn(value), isOn(value)];
  const isCount = number !== undefined && Number.isInteger(number) && number >= 0;
  if (word === 'unplug') port.unplug();
  else if (word === 'plug') port.plug();
  else if (word === 'mute' && is !== undefined) port.faults.mute = is;
  else if (word === 'slow' && isCount) port.faults.delayMs = number;
  else if (word === 'damage' && isCount) port.faults.damage = number;
  else if (word === 'noise' && isCount && number > 0 && number <= MAX_NOISE_BYTES) port.noise(number);
  else if (!obey(words)) return `error: ${typed.trim()}: not understood`;
  return `${word}: done`;
}
