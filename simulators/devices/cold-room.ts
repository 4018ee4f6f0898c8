/** A walk-in cold room and its refrigeration controller, a Modbus unit that holds to whatever it was set to. */
import { SimulatedUnit } from './modbus/units.ts';

/** The controller's registers, as its manual has them; temperatures are in tenths of a degree. */
export const coldRoomRegisters = {
  input: { air: 0, door: 1, defrost: 2 },
  holding: { setPoint: 0, alarmAbove: 1 },
} as const;

const HALL_CELSIUS = 20;
const HEATER_CELSIUS = 40;
/** What the evaporator would reach in the end, °C. */
const COOLEST_CELSIUS = -8;
/** It starts that much above the set point and stops that much below, K. */
const HYSTERESIS = 0.7;
/** Time constants: how fast the air follows, in minutes. */
const SHUT_MINUTES = 200;
const OPEN_MINUTES = 22;
const COOLING_MINUTES = 35;
const DEFROST_MINUTES = 18;
const START_CELSIUS = 5;

const approach = (from: number, to: number, minutes: number, constantMinutes: number) =>
  to + (from - to) * Math.exp(-minutes / constantMinutes);

/** Sixteen bits, two's complement. */
const tenths = (celsius: number) => Math.round(celsius * 10) & 0xffff;

export class ColdRoom {
  readonly unit = new SimulatedUnit();
  #celsius = START_CELSIUS;
  #isCooling = false;

  /** @param setPointCelsius as the fitter left it */
  constructor(setPointCelsius: number, alarmAboveCelsius: number) {
    this.unit.holding.set(coldRoomRegisters.holding.setPoint, tenths(setPointCelsius));
    this.unit.holding.set(coldRoomRegisters.holding.alarmAbove, tenths(alarmAboveCelsius));
    this.door('closed');
    this.defrost(false);
    this.step(0);
  }

  get celsius(): number {
    return this.#celsius;
  }

  door(state: 'open' | 'closed'): void {
    this.unit.input.set(coldRoomRegisters.input.door, state === 'open' ? 1 : 0);
  }

  /** The evaporator's heater, some times a day: the ice has to go. */
  defrost(isOn: boolean): void {
    this.unit.input.set(coldRoomRegisters.input.defrost, isOn ? 1 : 0);
  }

  /** The room `elapsedMs` later. */
  step(elapsedMs: number): void {
    const { input, holding } = coldRoomRegisters;
    const minutes = elapsedMs / 60_000;
    const setTo = (this.unit.holding.get(holding.setPoint) ?? 0) / 10;
    const isDefrosting = this.unit.input.get(input.defrost) === 1;
    if (this.#celsius > setTo + HYSTERESIS) this.#isCooling = true;
    if (this.#celsius < setTo - HYSTERESIS || isDefrosting) this.#isCooling = false;
    const isOpen = this.unit.input.get(input.door) === 1;
    this.#celsius = approach(this.#celsius, HALL_CELSIUS, minutes, isOpen ? OPEN_MINUTES : SHUT_MINUTES);
    if (this.#isCooling) this.#celsius = approach(this.#celsius, COOLEST_CELSIUS, minutes, COOLING_MINUTES);
    if (isDefrosting) this.#celsius = approach(this.#celsius, HEATER_CELSIUS, minutes, DEFROST_MINUTES);
    this.unit.input.set(input.air, tenths(this.#celsius));
  }
}
