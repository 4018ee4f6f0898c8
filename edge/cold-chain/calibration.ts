/** Whether a probe's word still counts: its last comparison with a reference, and when the next is due. */
import type { Asset, ProbeCalibration } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { around } from '../rules/surroundings.ts';

export type CalibrationState = 'valid' | 'due-soon' | 'overdue' | 'not-recorded';

/** So long before it is due, people are told. */
export const DUE_SOON_DAYS = 30;

/** @param day the site's date, `YYYY-MM-DD`; through the whole day it is due, a calibration still counts */
export function calibrationState(calibration: ProbeCalibration | undefined, day: string): CalibrationState {
  if (calibration === undefined) return 'not-recorded';
  const days = daysBetween(day, calibration.dueOn);
  if (days < 0) return 'overdue';
  return days <= DUE_SOON_DAYS ? 'due-soon' : 'valid';
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** In one English sentence. */
export function calibrationText(calibration: ProbeCalibration | undefined, day: string): string {
  if (calibration === undefined) return 'No calibration of the probe is recorded.';
  const { calibratedOn, dueOn, offsetCelsius, probe, certificate } = calibration;
  const what = probe === undefined ? 'Probe' : `Probe ${probe}`;
  const by = certificate === undefined ? '' : ` (certificate ${certificate})`;
  const offset =
    offsetCelsius === 0
      ? 'no correction'
      : `readings corrected by ${offsetCelsius > 0 ? '+' : ''}${offsetCelsius} °C`;
  const days = daysBetween(day, dueOn);
  const due = days < 0 ? `OVERDUE since ${dueOn} (${-days} ${days === -1 ? 'day' : 'days'})` : `due ${dueOn}`;
  return `${what} calibrated ${calibratedOn}${by}, ${due}; ${offset}.`;
}

/** What the probe would say if it were right, °C, to a thousandth. */
export const corrected = (celsius: number, calibration: ProbeCalibration | undefined): number =>
  calibration === undefined || calibration.offsetCelsius === 0
    ? celsius
    : Math.round((celsius + calibration.offsetCelsius) * 1_000) / 1_000;

/** Of the probe whose readings are an asset's: its own, or where it has no band, that of what it is built into. */
export function probeCalibrationOf(asset: Asset, registry: Registry): ProbeCalibration | undefined {
  if (asset.coldChain?.calibration !== undefined || asset.band !== undefined)
    return asset.coldChain?.calibration;
  return asset.hostedOn === undefined ? undefined : registry.asset(asset.hostedOn)?.coldChain?.calibration;
}

/** Of a fridge: its own, or that of a sensor which is built into it. */
export const calibrationOf = (asset: Asset, registry: Registry): ProbeCalibration | undefined =>
  asset.coldChain?.calibration ??
  around(asset.id, registry, ['sensor']).find(({ coldChain }) => coldChain?.calibration)?.coldChain
    ?.calibration;
