/** Finding cameras and proving a log-in: what an installer does before a camera stands in the configuration. */
import { networkInterfaces } from 'node:os';
import onvif from 'onvif';
import { z } from 'zod';
import type { CameraAccess, CameraDescription, CameraPreset } from './camera-session.ts';
import { CertificateTrust, isOtherCertificate } from './certificate-trust.ts';
import { isRefusal, openCamera } from './client.ts';
import { fetchSnapshot } from './snapshot.ts';

/** Interfaces asked at once; a gateway has two or three. */
export const MAX_INTERFACES = 8;
/** Cameras of one answer. */
export const MAX_FOUND = 500;
/** Cameras answer within half a second by their standard, and busy ones later (WS-Discovery 1.0, section 3.1.3). */
const LISTEN_MS = 3_000;

/** A camera that answered. It is told whether or not anybody knows its password. */
export interface FoundCamera {
  /** Its lasting name: `urn:uuid:…`. */
  endpoint: string;
  host: string;
  port: number;
  secure: boolean;
  /** As far as its scopes say. */
  name?: string;
  hardware?: string;
  mac?: string;
  /** The interface it was found by. */
  interface: string;
}

export interface Discovered {
  cameras: FoundCamera[];
  /** Interfaces that could not be asked, and why. */
  problems: { interface: string; why: string }[];
}

/** Interfaces with an IPv4 address, by name: what `discover` can ask. */
export const interfacesHere = (): string[] =>
  Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ family }) => family === 'IPv4'))
    .map(([name]) => name);

const match = z.object({
  endpointReference: z.object({ address: z.string().min(1).max(256) }),
  XAddrs: z.string().max(2_048),
  scopes: z
    .union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)])
    .optional()
    .catch(undefined),
});
const answer = z.object({ probeMatches: z.object({ probeMatch: match }) });

/** Asks for cameras on the interfaces named, on all of them at once. An unknown name is a problem, not a default. */
export async function discover(names: readonly string[], listenMs = LISTEN_MS): Promise<Discovered> {
  // The library repeats every unreadable answer as an event; without a listener it would end the process.
  onvif.Discovery.removeAllListeners('error');
  onvif.Discovery.on('error', () => {});
  const known = new Set(interfacesHere());
  const asked = [...new Set(names)].slice(0, MAX_INTERFACES);
  const problems: Discovered['problems'] = [];
  const cameras = new Map<string, FoundCamera>();
  await Promise.all(
    asked.map(async (name) => {
      if (!known.has(name)) {
        problems.push({ interface: name, why: 'there is no such interface with an IPv4 address' });
        return;
      }
      try {
        for (const found of await probe(name, listenMs)) {
          const camera = cameraIn(found, name);
          if (camera !== undefined && cameras.size < MAX_FOUND && !cameras.has(camera.endpoint))
            cameras.set(camera.endpoint, camera);
        }
      } catch (error) {
        problems.push({ interface: name, why: error instanceof Error ? error.message : String(error) });
      }
    }),
  );
  return { cameras: [...cameras.values()], problems };
}

function probe(device: string, timeout: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    // Unreadable answers come as a list of errors beside what was found; a socket's fault comes alone.
    onvif.Discovery.probe({ device, timeout, resolve: false }, (error: unknown, found: unknown) => {
      if (Array.isArray(found)) resolve(found);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** The first address that is one; some cameras give several, also for IPv6. */
export function cameraIn(found: unknown, name: string): FoundCamera | undefined {
  const parsed = answer.safeParse(found);
  if (!parsed.success) return undefined;
  const { endpointReference, XAddrs, scopes = '' } = parsed.data.probeMatches.probeMatch;
  const addresses = XAddrs.split(/\s+/)
    .slice(0, 8)
    .flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []))
    .filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
  const url = addresses.find(({ hostname }) => !hostname.startsWith('[')) ?? addresses[0];
  if (url === undefined) return undefined;
  const secure = url.protocol === 'https:';
  const scope = (kind: string): string | undefined => {
    const text = new RegExp(`onvif://www\\.onvif\\.org/${kind}/(\\S{1,128})`, 'i').exec(scopes)?.[1];
    try {
      return text === undefined ? undefined : decodeURIComponent(text).replace(/[^\P{C}]/gu, '');
    } catch {
      return text;
    }
  };
  const [title, hardware, mac] = [scope('name'), scope('hardware'), scope('mac')?.toLowerCase()];
  return {
    endpoint: endpointReference.address,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    secure,
    interface: name,
    ...(title === undefined ? {} : { name: title }),
    ...(hardware === undefined ? {} : { hardware }),
    ...(mac === undefined ? {} : { mac }),
  };
}

export type Proof =
  | {
      proved: true;
      description: CameraDescription;
      /** How far its clock is ahead, s; absent where it told no time. */
      clockOffsetSeconds?: number;
      /** A call that needs a log-in is answered without one: anybody in the network can do as much. */
      opensToAnybody: boolean;
      /** The JPEG it gave, or why there is none. */
      picture: { jpeg: Uint8Array } | { why: string };
      hasStream: boolean;
      /** Its events can come over MQTT instead of a subscription. */
      offersMqtt: boolean;
      presets: CameraPreset[];
    }
  | { proved: false; why: 'refused' | 'unreachable' | 'other-certificate'; detail: string };

/**
 * Tries a log-in with calls that need it: connecting alone would let a wrong password pass. The camera's clock is
 * measured first, so that a camera that has lost its time is not taken for one that refuses.
 */
export async function prove(wanted: CameraAccess, signal: AbortSignal): Promise<Proof> {
  // All calls of one trial are held to the certificate of the first.
  const access = { ...wanted, trust: wanted.trust ?? new CertificateTrust() };
  let session: Awaited<ReturnType<typeof openCamera>>;
  try {
    session = await openCamera(access, signal);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const why = isOtherCertificate(error)
      ? 'other-certificate'
      : isRefusal(error)
        ? 'refused'
        : 'unreachable';
    return { proved: false, why, detail };
  }
  try {
    const { description, clockOffsetMs } = session;
    const picture = await session
      .snapshotUri()
      .then((uri) => fetchSnapshot(uri, access, signal))
      .then(
        (jpeg) => ({ jpeg }),
        (error: unknown) => ({ why: error instanceof Error ? error.message : String(error) }),
      );
    const hasStream = await session.streamUri().then(
      () => true,
      () => false,
    );
    return {
      proved: true,
      description,
      ...(clockOffsetMs === undefined ? {} : { clockOffsetSeconds: Math.round(clockOffsetMs / 1_000) }),
      opensToAnybody: await opensToAnybody(access, signal),
      picture,
      hasStream,
      offersMqtt: await session.offersMqtt(),
      presets: await session.presets().catch(() => []),
    };
  } finally {
    session.close();
  }
}

/** The same without a log-in. */
async function opensToAnybody(access: CameraAccess, signal: AbortSignal): Promise<boolean> {
  try {
    const session = await openCamera({ ...access, username: '', password: '' }, signal);
    session.close();
    return true;
  } catch {
    return false;
  }
}
