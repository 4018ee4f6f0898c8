/**
 * An ATmega328P at 16 MHz with what an Arduino Uno uses of it: ports, timers, serial line, converter,
 * EEPROM, watchdog. Knows nothing of real time: it runs as many cycles as it is told.
 */
import {
  ADCMuxInputType,
  AVRADC,
  AVRClock,
  AVREEPROM,
  AVRIOPort,
  AVRTimer,
  AVRUSART,
  AVRWatchdog,
  adcConfig,
  avrInstruction,
  CPU,
  type EEPROMBackend,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  usart0Config,
  watchdogConfig,
} from 'avr8js';
import { SleepingTimers } from './sleep.ts';

export const CYCLES_PER_MS = 16_000;
export const EEPROM_BYTES = 1024;
const SRAM_BYTES = 2048;
/** Registers below this address are reset by hardware; the SRAM behind it keeps its contents. */
const SRAM_START = 0x100;

const SLEEP_INSTRUCTION = 0x9588;
/** Sleep mode control register and its sleep-enable bit. */
const SMCR = 0x53;
const SLEEP_ENABLED = 0x01;

const MCUSR = 0x54;
/** Bits of MCUSR: why the last reset came (datasheet, section 11.9.1). */
export const resetCauses = { 'power-on': 0x01, external: 0x02, 'brown-out': 0x04, watchdog: 0x08 } as const;
export type ResetCause = keyof typeof resetCauses;

/** Bytes on their way into the serial line, at most; more are lost, as on a line that nobody reads. */
export const MAX_INCOMING_BYTES = 4096;

/** An analogue input: volts, or a function where the voltage moves. */
export type Voltage = number | (() => number);

/** EEPROM contents, given from outside: they outlive the processor. */
export class Eeprom implements EEPROMBackend {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array = new Uint8Array(EEPROM_BYTES).fill(0xff)) {
    this.bytes = bytes;
  }
  readMemory(address: number): number {
    return this.bytes[address % EEPROM_BYTES] ?? 0xff;
  }
  /** Writing can only clear bits; erasing sets them (datasheet, section 8.4). */
  writeMemory(address: number, value: number): void {
    this.bytes[address % EEPROM_BYTES] = this.readMemory(address) & value;
  }
  eraseMemory(address: number): void {
    this.bytes[address % EEPROM_BYTES] = 0xff;
  }
}

/** Told when the watchdog resets, instead of the half reset that the emulator does by itself. */
class ResettableCpu extends CPU {
  resetRequested = false;
  override reset(): void {
    super.reset();
    this.resetRequested = true;
  }
}

interface Chip {
  cpu: ResettableCpu;
  ports: { B: AVRIOPort; C: AVRIOPort; D: AVRIOPort };
  usart: AVRUSART;
  sleeping: SleepingTimers;
}

export class Processor {
  /** Every byte that leaves the serial line, in order. */
  onByte: (byte: number) => void = () => undefined;
  /** Bytes that came in while nobody could take them. */
  lostIncomingBytes = 0;
  /** Instructions executed; what was slept through is not among them. */
  instructions = 0;
  resets = 0;

  private readonly program: Uint16Array;
  private readonly eeprom: Eeprom;
  private readonly levels = new Map<number, boolean>();
  private readonly voltages = new Map<number, Voltage>();
  private readonly incoming: number[] = [];
  private readonly later: { cycles: number; task: () => void }[] = [];
  private chip: Chip;

  constructor(program: Uint16Array, eeprom: Eeprom) {
    this.program = program;
    this.eeprom = eeprom;
    this.chip = this.build(0, undefined, 'power-on');
  }

  get cycles(): number {
    return this.chip.cpu.cycles;
  }

  /** Runs until the clock shows `untilCycles` or a little more (the last instruction is not cut off). */
  run(untilCycles: number): void {
    while (this.cycles < untilCycles) {
      const next = this.later[0];
      if (next !== undefined && next.cycles <= this.cycles) {
        this.later.shift();
        next.task();
      } else {
        this.runChip(Math.min(untilCycles, next?.cycles ?? untilCycles));
      }
    }
  }

  private runChip(untilCycles: number): void {
    const { cpu, sleeping } = this.chip;
    const { progMem } = cpu;
    while (cpu.cycles < untilCycles) {
      if (progMem[cpu.pc] === SLEEP_INSTRUCTION && ((cpu.data[SMCR] ?? 0) & SLEEP_ENABLED) !== 0) {
        const sleepsAt = cpu.pc;
        avrInstruction(cpu);
        // Still asleep: back onto the instruction, as the processor would stay in it.
        if (!sleeping.sleep(cpu, untilCycles)) cpu.pc = sleepsAt;
      } else {
        avrInstruction(cpu);
        cpu.tick();
      }
      this.instructions++;
      if (cpu.resetRequested) {
        this.reset('watchdog');
        return;
      }
    }
  }

  /** Runs a task once the clock has moved on by so many milliseconds of the board's time. */
  after(delayMs: number, task: () => void): void {
    const cycles = this.cycles + delayMs * CYCLES_PER_MS;
    const at = this.later.findIndex((entry) => entry.cycles > cycles);
    this.later.splice(at === -1 ? this.later.length : at, 0, { cycles, task });
  }

  /** Registers start anew. The SRAM keeps its contents, unless the power was gone; the EEPROM always does. */
  reset(cause: ResetCause): void {
    const memory = cause === 'power-on' ? undefined : this.chip.cpu.data.slice(SRAM_START);
    this.resets++;
    this.incoming.length = 0;
    this.chip = this.build(this.cycles, memory, cause);
  }

  /** Drives a digital pin of the Uno (0 to 13, A0 is 14) from outside. */
  drive(pin: number, isHigh: boolean): void {
    this.levels.set(pin, isHigh);
    const { port, bit } = this.locate(pin);
    port.setPin(bit, isHigh);
  }

  /** Whether the firmware drives this pin high. */
  isDrivenHigh(pin: number): boolean {
    const { port, bit } = this.locate(pin);
    return port.pinState(bit) === PinState.High;
  }

  /** Puts a voltage on an analogue input (0 is A0). */
  apply(channel: number, voltage: Voltage): void {
    this.voltages.set(channel, voltage);
  }

  /** Bytes that come in over the serial line, one after the other at the line's speed. */
  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.incoming.length < MAX_INCOMING_BYTES) this.incoming.push(byte);
      else this.lostIncomingBytes++;
    }
    this.feed();
  }

  private feed(): void {
    const { usart } = this.chip;
    if (usart.rxBusy) return;
    const byte = this.incoming.shift();
    if (byte === undefined) return;
    if (usart.writeByte(byte) !== true) {
      // Nobody has switched the receiver on: what was sent is gone, as on a real line.
      this.lostIncomingBytes += 1 + this.incoming.length;
      this.incoming.length = 0;
    }
  }

  private locate(pin: number): { port: AVRIOPort; bit: number } {
    const { B, C, D } = this.chip.ports;
    if (!Number.isInteger(pin) || pin < 0 || pin > 19) throw new RangeError(`an Uno has no pin ${pin}`);
    if (pin < 8) return { port: D, bit: pin };
    return pin < 14 ? { port: B, bit: pin - 8 } : { port: C, bit: pin - 14 };
  }

  private build(cycles: number, memory: Uint8Array | undefined, cause: ResetCause): Chip {
    const cpu = new ResettableCpu(this.program, SRAM_BYTES);
    cpu.resetRequested = false;
    cpu.cycles = cycles;
    if (memory !== undefined) cpu.data.set(memory, SRAM_START);
    cpu.data[MCUSR] = resetCauses[cause];
    const ports = {
      B: new AVRIOPort(cpu, portBConfig),
      C: new AVRIOPort(cpu, portCConfig),
      D: new AVRIOPort(cpu, portDConfig),
    };
    const timers = [timer0Config, timer1Config, timer2Config].map((config) => ({
      config,
      timer: new AVRTimer(cpu, config),
    }));
    const usart = new AVRUSART(cpu, usart0Config, CYCLES_PER_MS * 1000);
    usart.onByteTransmit = (byte) => this.onByte(byte);
    usart.onRxComplete = () => this.feed();
    keepReceivedByte(cpu);
    const converter = new AVRADC(cpu, adcConfig);
    const readAsBuilt = converter.onADCRead;
    converter.onADCRead = (input) => {
      if (input.type === ADCMuxInputType.SingleEnded) {
        const voltage = this.voltages.get(input.channel) ?? 0;
        converter.channelValues[input.channel] = typeof voltage === 'number' ? voltage : voltage();
      }
      readAsBuilt(input);
    };
    new AVREEPROM(cpu, this.eeprom);
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, CYCLES_PER_MS * 1000));
    const chip = { cpu, ports, usart, sleeping: new SleepingTimers(timers) };
    this.chip = chip;
    for (const [pin, isHigh] of this.levels) this.drive(pin, isHigh);
    return chip;
  }
}

const RECEIVE_COMPLETE = 0x80;

/**
 * avr8js drops a received byte when firmware writes to UCSR0B before it has read the byte, which Arduino's
 * transmit interrupt does all the time. The chip keeps it (datasheet, section 19.10.2), and so do we.
 */
function keepReceivedByte(cpu: CPU): void {
  const { UCSRA, UCSRB, rxCompleteInterrupt } = usart0Config;
  const write = cpu.writeHooks[UCSRB];
  const receiveComplete = {
    address: rxCompleteInterrupt,
    flagRegister: UCSRA,
    flagMask: RECEIVE_COMPLETE,
    enableRegister: UCSRB,
    enableMask: RECEIVE_COMPLETE,
    constant: true,
  };
  cpu.writeHooks[UCSRB] = (value, oldValue, address, mask) => {
    const hasByte = ((cpu.data[UCSRA] ?? 0) & RECEIVE_COMPLETE) !== 0;
    const isDone = write?.(value, oldValue, address, mask);
    if (hasByte) cpu.setInterruptFlag(receiveComplete);
    return isDone;
  };
}
