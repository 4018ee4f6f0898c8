/** The cloud's doors: MQTT for gateways, HTTP for gateways, people and partners. Open once these have returned. */
import { resolve } from 'node:path';
import type { Hono } from 'hono';
import type { ApiParts } from './api/parts.ts';
import type { CloudConfiguration } from './config.ts';
import { openHttpServer } from './http-server.ts';
import { type MqttFront, type MqttFrontOptions, openMqttFront } from './ingest/mqtt.ts';
import { servedCertificates } from './served-certificates.ts';

/** Where the cloud listens. */
export interface Ports {
  http: number;
  mqtt: { tls?: number; plain?: number };
  /** The gateways' own door, where there is an authority. */
  gateways?: number | undefined;
}

export interface Fronts {
  mqtt: MqttFront;
  /** Opens HTTP with what it serves. */
  serve(app: Hono): Promise<{ ports: Ports; close(): Promise<void> }>;
  options: ApiParts['options'];
}

/** @throws Error where a port is taken or a certificate can't be read */
export async function openFronts(
  configuration: CloudConfiguration,
  state: string,
  parts: Omit<MqttFrontOptions, 'tls' | 'plain'>,
  signal: AbortSignal,
): Promise<Fronts> {
  const { http, ingest } = configuration;
  const certificateOf = servedCertificates(configuration, state);
  const { tls, plain } = ingest.mqtt;
  const mqtt = await openMqttFront(
    {
      ...parts,
      ...(plain === undefined ? {} : { plain }),
      ...(tls === undefined ? {} : { tls: { host: tls.host, port: tls.port, ...certificateOf(tls) } }),
    },
    signal,
  );
  return {
    mqtt,
    async serve(app) {
      const server = await openHttpServer(app, {
        host: http.host,
        port: http.port,
        tls: http.tls === undefined ? undefined : certificateOf(http.tls),
      });
      const ports = {
        http: server.port,
        mqtt: {
          ...(mqtt.tlsPort === undefined ? {} : { tls: mqtt.tlsPort }),
          ...(mqtt.plainPort === undefined ? {} : { plain: mqtt.plainPort }),
        },
      };
      return { ports, close: () => server.close() };
    },
    options: {
      isSecure: http.tls !== undefined,
      trustProxy: http.trustProxy,
      metricsTokenSha256: http.metricsTokenSha256,
      pages:
        http.pages === undefined
          ? resolve(import.meta.dirname, '..', 'dashboards', 'dist', 'desk')
          : configuration.resolve(http.pages),
    },
  };
}
