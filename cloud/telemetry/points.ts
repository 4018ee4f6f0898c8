import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { TelemetryPoint } from './telemetry.ts';

const quantities: Partial<Record<ObservationKind, TelemetryPoint['quantity']>> = {
  'temperature.measured': 'temperature',
  'humidity.measured': 'humidity',
  'battery.measured': 'battery',
  'power.measured': 'power',
  'energy.measured': 'energy',
  'voltage.measured': 'voltage',
  'current.measured': 'current',
  'frequency.measured': 'frequency',
  'load.measured': 'load',
  'weight.measured': 'weight',
};

/** The measurements among observations. Pure. */
export const pointsOf = (observations: readonly Observation[]): TelemetryPoint[] =>
  observations.flatMap(({ kind, site, asset, observedAt, value }) => {
    const quantity = quantities[kind];
    return quantity === undefined || value === undefined
      ? []
      : [{ site, asset, quantity, at: observedAt, value }];
  });
