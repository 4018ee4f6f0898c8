/** A camera as its driver speaks to it: how it is reached, what it says it is, and what it can be asked. */
import type { CertificateTrust } from './certificate-trust.ts';
import type { Pulled } from './pulled.ts';

/** Where it is, and with which password. */
export interface CameraAccess {
  host: string;
  port: number;
  secure: boolean;
  username: string;
  password: string;
  /** By HTTPS: the certificate that it is held to; absent: the first one of each connection is taken. */
  trust?: CertificateTrust;
}

/** What the camera says it is. Its address is only an attribute: it is known by these. */
export interface CameraDescription {
  serial: string;
  model: string;
  manufacturer: string;
  firmware: string;
  /** Hardware address of its first interface, lower case with colons. */
  mac?: string;
  /** `urn:uuid:…`, as in discovery. */
  endpoint?: string;
  /** By HTTPS: SHA-256 of its certificate. */
  certificate?: string;
}

export interface CameraPreset {
  token: string;
  name: string;
}

/** A camera that answered an authenticated call. */
export interface CameraSession {
  readonly description: CameraDescription;
  /** How far the camera's clock was ahead of ours when it was last measured, ms. */
  readonly clockOffsetMs: number | undefined;
  /** Asks again, without credentials: a reboot may have changed it. */
  measureClock(): Promise<void>;
  /** Whether it can send its events over MQTT (Core 21.06, section 9.10: EventBrokerProtocols). */
  offersMqtt(): Promise<boolean>;
  snapshotUri(): Promise<string>;
  streamUri(): Promise<string>;
  presets(): Promise<CameraPreset[]>;
  goTo(token: string): Promise<void>;
  /** A call that needs the password, and nothing else. */
  proveAlive(): Promise<void>;
  /** `address` is where the subscription is: what `leave` takes, also in another life of this process. */
  subscribe(): Promise<{ address: string; remainingMs: number | undefined }>;
  /** Asks for the state of everything that is told by notices. Not every camera knows it. */
  synchronize(): Promise<void>;
  /** Gives back a subscription that an earlier life left behind. */
  leave(subscription: string): Promise<void>;
  /** Waits for notices, a minute at most. */
  pull(): Promise<Pulled>;
  renew(): Promise<number | undefined>;
  unsubscribe(): Promise<void>;
  /** Ends what is under way. */
  close(): void;
}
