import { accessDeniedBurst } from './access-denied-burst.ts';
import { alarmScheduleChanged } from './alarm-schedule-changed.ts';
import { badgeInTwoPlaces } from './badge-in-two-places.ts';
import { cabinetOpened } from './cabinet-opened.ts';
import { cameraBlind } from './camera-blind.ts';
import { cameraLoginFailures } from './camera-login-failures.ts';
import { cameraNotRecording } from './camera-not-recording.ts';
import { cameraObscured } from './camera-obscured.ts';
import { cameraReplaced } from './camera-replaced.ts';
import { deviceFault } from './device-fault.ts';
import { doorControllerAlarm } from './door-controller-alarm.ts';
import { duress } from './duress.ts';
import { expiredItem } from './expired-item.ts';
import { flapping } from './flapping.ts';
import { forcedOpen } from './forced-open.ts';
import { gatewayTrouble } from './gateway-trouble.ts';
import { heldOpen } from './held-open.ts';
import { leftArea } from './left-area.ts';
import { levelChanged } from './level-changed.ts';
import { lowBattery } from './low-battery.ts';
import { mainsLost } from './mains-lost.ts';
import { missingReadings } from './missing-readings.ts';
import { motionWhileArmed } from './motion-while-armed.ts';
import { openedAfterHours } from './opened-after-hours.ts';
import { rapidChange } from './rapid-change.ts';
import type { AnyRuleKind } from './rule.ts';
import { settingChanged } from './setting-changed.ts';
import { silentDevice } from './silent-device.ts';
import { stuckValue } from './stuck-value.ts';
import { tamper } from './tamper.ts';
import { temperatureExcursion } from './temperature-excursion.ts';
import { transmissionLost } from './transmission-lost.ts';
import { unusualForHour } from './unusual-for-hour.ts';
import { unusualTraffic } from './unusual-traffic.ts';
import { unusualValue } from './unusual-value.ts';

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
  cameraBlind,
  cameraLoginFailures,
  cameraNotRecording,
  cameraReplaced,
  doorControllerAlarm,
  duress,
  flapping,
  cabinetOpened,
  alarmScheduleChanged,
  accessDeniedBurst,
  badgeInTwoPlaces,
  motionWhileArmed,
  transmissionLost,
  gatewayTrouble,
  mainsLost,
  deviceFault,
  settingChanged,
  leftArea,
  expiredItem,
  // Streaming detectors (anomaly/): they watch only assets that the configuration names.
  unusualValue,
  unusualForHour,
  levelChanged,
  stuckValue,
  rapidChange,
  missingReadings,
  unusualTraffic,
];
