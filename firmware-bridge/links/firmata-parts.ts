/** What stands at a door, as objects of johnny-five. */
import type { Board, Relay, Switch, Thermometer } from 'johnny-five';

/** johnny-five and firmata-io, loaded only where there is a Firmata board. */
export type Libraries = [typeof import('johnny-five'), typeof import('firmata-io')];

/** Where each thing is soldered to. */
export interface FirmataPins {
  contact: number;
  tamper?: number | undefined;
  button?: number | undefined;
  buzzer?: number | undefined;
  /** Analogue channel: 0 is A0. */
  temperature?: number | undefined;
}

export interface Parts {
  contact: Switch;
  tamper: Switch | undefined;
  button: Switch | undefined;
  buzzer: Relay | undefined;
  thermometer: Thermometer | undefined;
}

/**
 * Sets up the pins of a board that is ready. The buzzer is silent.
 * @param thermometer how its readings become degrees, and how often it is read, ms
 */
export function assemble(
  five: Libraries[0]['default'],
  board: Board,
  pins: FirmataPins,
  thermometer: { toCelsius: (raw: number) => number; freq: number },
): Parts {
  const contactSwitch = (pin: number) => new five.Switch({ board, pin, type: 'NO' });
  const { contact, tamper, button, buzzer, temperature } = pins;
  const parts: Parts = {
    contact: contactSwitch(contact),
    tamper: tamper === undefined ? undefined : contactSwitch(tamper),
    button: button === undefined ? undefined : contactSwitch(button),
    buzzer: buzzer === undefined ? undefined : new five.Relay({ board, pin: buzzer }),
    thermometer:
      temperature === undefined
        ? undefined
        : new five.Thermometer({ board, pin: `A${temperature}`, ...thermometer }),
  };
  parts.buzzer?.open();
  return parts;
}
