import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudConfiguration } from '../config.ts';
import { embeddedTelemetry } from './embedded.ts';
import { influxTelemetry } from './influx.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * The engine that the configuration names.
 * @throws Error where its file or its password can't be read
 */
export function openTelemetry(configuration: CloudConfiguration, state: string): Telemetry {
  const { telemetry } = configuration;
  if (telemetry.engine === 'embedded') return embeddedTelemetry(join(state, 'telemetry.sqlite'));
  const { engine: _engine, passwordFile, ...where } = telemetry;
  const password =
    passwordFile === undefined ? undefined : readFileSync(configuration.resolve(passwordFile), 'utf8').trim();
  return influxTelemetry({ ...where, password });
}
