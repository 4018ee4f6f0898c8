/** Puts the authority together: what is needed before the ingest, and the door behind it. */
import { join } from 'node:path';
import { Hono } from 'hono';
import { cloudName } from '../../devices/enrolment.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Credentials, GatewayCredential } from '../ingest/credentials.ts';
import { httpIngest } from '../ingest/http.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { CertifiedGateways, MqttFront } from '../ingest/mqtt.ts';
import type { Store } from '../store/store.ts';
import { Authority } from './authority.ts';
import { Bundles } from './bundles.ts';
import { type Door, openDoor, peerAddressOf, peerCertificateOf } from './door.ts';
import { doorRoutes } from './door-routes.ts';
import { Enrolment } from './enrolment.ts';
import { Roster } from './roster.ts';
import type { AuthoritySettings } from './settings.ts';

export interface AuthorityParts {
  /** Without an `authority` nobody joins; who is cut off by hand is refused all the same. */
  configuration: { authority?: AuthoritySettings | undefined; gateways: readonly GatewayCredential[] };
  store: Store;
  registry: Registry;
  clock: Clock;
  state: string;
  onTrouble(message: string): void;
}

/** What the desk works with. */
export interface GatewayAuthority {
  readonly roster: Roster;
  readonly bundles: Bundles | undefined;
  readonly enrolment: Enrolment | undefined;
  /** First half of the SHA-256 of the authority's key, hex. */
  readonly fingerprint: string | undefined;
  readonly gateways: readonly GatewayCredential[];
  guard(credentials: Credentials): Credentials;
  /** For the MQTT front's TLS. */
  readonly forMqtt: CertifiedGateways | undefined;
  /** Opens the door; cuts off from here on reach the front, the door, and the commands on their way. */
  attach(
    parts: { ingest: Ingest; credentials: Credentials; mqtt: MqttFront },
    signal: AbortSignal,
  ): Promise<Door | undefined>;
}

/** @throws where the authority's keys or a kept gateway can't be read */
export function openAuthority(parts: AuthorityParts): GatewayAuthority {
  const { configuration, store, registry, clock, state, onTrouble } = parts;
  const settings = configuration.authority;
  // Real time: certificates are checked by those who have no other.
  const now = () => Date.now();
  const authority = settings === undefined ? undefined : new Authority(join(state, 'authority'), now);
  const roster = new Roster({
    store,
    authority: authority ?? { signed: () => false },
    configured: configuration.gateways,
    passwordsAfterEnrolment: settings?.passwordsAfterEnrolment ?? false,
    now,
  });
  let door: Door | undefined;
  let front: MqttFront | undefined;
  const enrolment =
    settings === undefined || authority === undefined
      ? undefined
      : new Enrolment({
          store,
          registry,
          authority,
          roster,
          now,
          certificateMs: settings.certificateMs,
          address: () => ({
            host: settings.address?.host ?? (settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host),
            port: settings.address?.port ?? door?.port ?? settings.port,
          }),
          mqttPort: () => settings.address?.mqttPort ?? front?.tlsPort,
        });
  const bundles = authority === undefined ? undefined : new Bundles({ store, authority, roster, now });
  return {
    roster,
    enrolment,
    bundles,
    fingerprint: authority?.fingerprint.toString('hex'),
    gateways: roster.gateways,
    guard: (credentials) => roster.guard(credentials),
    forMqtt:
      authority === undefined
        ? undefined
        : {
            name: cloudName,
            server: () => authority.server(),
            credentialOf: (certificate) => roster.credentialOf(certificate),
          },
    async attach({ ingest, credentials, mqtt }, signal) {
      front = mqtt;
      roster.onCut((gateway) => {
        mqtt.cut(gateway);
        door?.cut(gateway);
        ingest.commands.drop(gateway);
      });
      if (
        settings === undefined ||
        authority === undefined ||
        enrolment === undefined ||
        bundles === undefined
      )
        return undefined;
      const app = new Hono();
      const certificateOf = peerCertificateOf;
      app.route(
        '/',
        doorRoutes({
          authority,
          roster,
          enrolment,
          bundles,
          clock,
          now,
          certificateOf,
          addressOf: peerAddressOf,
          onTrouble,
        }),
      );
      app.route(
        '/',
        httpIngest(
          { ingest, credentials, identify: (context) => roster.credentialOf(certificateOf(context)) },
          signal,
        ),
      );
      door = await openDoor(app, {
        host: settings.host,
        port: settings.port,
        server: () => authority.server(),
        gatewayOf: (certificate) => roster.identify(certificate)?.entry.id,
      });
      return door;
    },
  };
}
