/**
 * Sleeping through idle time. A processor that executes SLEEP does nothing until an interrupt; the emulator
 * would count timers every 64 cycles meanwhile. Here the clock is moved on to the moment at which something
 * can happen.
 */
import type { AVRTimer, AVRTimerConfig, CPU } from 'avr8js';

interface ClockEvent {
  cycles: number;
  callback: unknown;
  next: ClockEvent | null;
}

/** Waveform modes in which the counter runs from 0 to its maximum: normal, and 8-bit fast PWM. */
const isPlainCount = (bits: number, waveform: number): boolean =>
  waveform === 0 || (bits === 8 && waveform === 3);

export class SleepingTimers {
  private readonly timers: readonly { config: AVRTimerConfig; count: unknown }[];

  constructor(timers: readonly { config: AVRTimerConfig; timer: AVRTimer }[]) {
    // The function by which a timer counts is private to it, but it is how its clock events are known.
    this.timers = timers.map(({ config, timer }) => ({ config, count: Reflect.get(timer, 'count') }));
  }

  /**
   * Called with the program counter behind a SLEEP that was just executed. True once something woke the
   * processor (an interrupt's handler was entered, or it was reset); false where `untilCycles` came first.
   */
  sleep(cpu: CPU, untilCycles: number): boolean {
    const asleepAt = cpu.pc;
    cpu.tick();
    while (cpu.pc === asleepAt) {
      if (cpu.cycles >= untilCycles) return false;
      const target = Math.min(untilCycles, this.nextMoment(cpu));
      if (target > cpu.cycles) cpu.cycles = target;
      // One clock event at a time, until none is due.
      cpu.tick();
    }
    return true;
  }

  private nextMoment(cpu: CPU): number {
    for (let event = eventsOf(cpu), earliest = Number.POSITIVE_INFINITY; ; event = event.next) {
      if (event === null || event.cycles >= earliest) return earliest;
      const timer = this.timers.find(({ count }) => count === event?.callback);
      const moment = timer === undefined ? event.cycles : this.timerMoment(cpu, timer.config, event.cycles);
      earliest = Math.min(earliest, moment);
    }
  }

  /** When a timer next raises an interrupt that is enabled; its next count where that can't be foretold. */
  private timerMoment(cpu: CPU, config: AVRTimerConfig, nextCount: number): number {
    const enabled = cpu.data[config.TIMSK] ?? 0;
    if (enabled === 0) return Number.POSITIVE_INFINITY;
    const controlA = cpu.data[config.TCCRA] ?? 0;
    const controlB = cpu.data[config.TCCRB] ?? 0;
    const waveform = ((controlB & (config.bits === 16 ? 0x18 : 0x08)) >> 1) | (controlA & 0x03);
    const divider = Object.values(config.dividers)[controlB & 0x07] ?? 0;
    // Compare matches lie somewhere on the way; firmware that uses them is followed step by step.
    if (enabled !== config.TOIE || !isPlainCount(config.bits, waveform) || divider === 0) return nextCount;
    const low = cpu.readData(config.TCNT);
    const counter = config.bits === 16 ? ((cpu.data[config.TCNT + 1] ?? 0) << 8) | low : low;
    const toOverflow = (config.bits === 16 ? 0x10000 : 0x100) - counter;
    return nextCount + (toOverflow - 1) * divider;
  }
}

/** The emulator's list of due moments, soonest first; private to it, and read here only. */
function eventsOf(cpu: CPU): ClockEvent | null {
  const first: ClockEvent | null | undefined = Reflect.get(cpu, 'nextClockEvent');
  return first ?? null;
}
