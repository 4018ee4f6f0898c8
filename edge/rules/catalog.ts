import { accessDeniedBurst } from './access-denied-burst.ts';
import { alarmScheduleChanged } from './alarm-schedule-changed.ts';
import { cabinetOpened } from './cabinet-opened.ts';
import { cameraObscured } from './camera-obscured.ts';
import { flapping } from './flapping.ts';
import { forcedOpen } from './forced-open.ts';
import { heldOpen } from './held-open.ts';
import { lowBattery } from './low-battery.ts';
import { motionWhileArmed } from './motion-while-armed.ts';
import { openedAfterHours } from './opened-after-hours.ts';
import type { AnyRuleKind } from './rule.ts';
import { silentDevice } from './silent-device.ts';
import { tamper } from './tamper.ts';
import { temperatureExcursion } from './temperature-excursion.ts';
import { transmissionLost } from './transmission-lost.ts';

/** Every kind of rule. A new one: one file beside these and one line here. */
export const catalog: readonly AnyRuleKind[] = [
  openedAfterHours,
  forcedOpen,
  heldOpen,
  temperatureExcursion,
  silentDevice,
  lowBattery,
  tamper,
  cameraObscured,
  flapping,
  cabinetOpened,
  alarmScheduleChanged,
  accessDeniedBurst,
  motionWhileArmed,
  transmissionLost,
];
