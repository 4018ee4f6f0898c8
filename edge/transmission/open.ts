/** Puts the transmission together from the configuration. */
import { readFileSync } from 'node:fs';
import type { GatewayConfiguration } from '../config.ts';
import { ReceiverLine } from './receiver-line.ts';
import type { ReceiverSettings } from './settings.ts';
import { Transmitter, type TransmitterOptions } from './transmitter.ts';

/**
 * @returns undefined where the configuration names no station
 * @throws Error when a key can't be read or is none: alarms would go out in the clear, or not at all
 */
export function openTransmission(
  configuration: Pick<GatewayConfiguration, 'transmission' | 'resolve'>,
  options: Omit<TransmitterOptions, 'settings' | 'lines'>,
  signal: AbortSignal,
): Transmitter | undefined {
  const settings = configuration.transmission;
  if (settings === undefined) return undefined;
  const lines = settings.receivers.map((receiver, index) => {
    const { host, port } = receiver;
    const key = keyOf(receiver, `transmission.receivers[${index}].keyFile`, configuration.resolve);
    return new ReceiverLine({ host, port, key, answerWithinMs: settings.answerWithinMs }, signal);
  });
  return new Transmitter({ ...options, settings, lines }, signal);
}

function keyOf(
  { keyFile }: ReceiverSettings,
  name: string,
  resolve: (path: string) => string,
): Uint8Array | undefined {
  if (keyFile === undefined) return undefined;
  const path = resolve(keyFile);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text))
    throw new Error(`${name}: ${path} does not hold 32, 48 or 64 hexadecimal digits and nothing else`);
  return Buffer.from(text, 'hex');
}
