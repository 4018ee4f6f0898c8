/** What the dialog for adding a camera asks of the gateway. */
import type {
  CameraPlaces,
  CameraProof,
  CameraStatus,
  CameraToAdd,
  DiscoveredCameras,
} from '../../../edge/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isPlaces = shaped<CameraPlaces>({ interfaces: 'array', zones: 'array', isRegistryOpen: 'boolean' });
const isFound = shaped<DiscoveredCameras>({ cameras: 'array', problems: 'array' });
const isProof = shaped<CameraProof>({ proved: 'boolean' });
const isStatus = shaped<CameraStatus>({ asset: 'string', name: 'string' });

/** Where a camera answers and how one signs in there. */
export interface CameraAccess {
  host: string;
  port?: number;
  secure: boolean;
  username: string;
  password: string;
}

/** Which camera of the site it is to be. */
export type CameraPlace = { asset: string } | { newAsset: { name: string; zone?: string } };

export const cameraPlaces = () => api.get('api/cameras/places', isPlaces);

/** Takes some seconds. */
export async function findCameras(interfaces: readonly string[]): Promise<DiscoveredCameras> {
  return of(isFound, await api.send('api/cameras/discover', { interfaces }));
}

export async function proveCamera(access: CameraAccess): Promise<CameraProof> {
  return of(isProof, await api.send('api/cameras/prove', access));
}

/** @param certificate the one whose fingerprint was shown: it has to be this one */
export async function addCamera(
  access: CameraAccess,
  place: CameraPlace,
  certificate: string | undefined,
): Promise<CameraStatus> {
  const wanted: CameraToAdd = {
    ...access,
    ...place,
    ...(certificate === undefined ? {} : { certificate }),
  };
  return of(isStatus, await api.send('api/cameras', wanted));
}

export const removeCamera = (asset: string) =>
  api.send(`api/cameras/${encodeURIComponent(asset)}`, undefined, 'DELETE');
export const acceptCertificate = (asset: string, certificate: string) =>
  api.send(`api/cameras/${encodeURIComponent(asset)}/certificate`, { certificate });

function of<Answer>(is: (value: unknown) => value is Answer, value: unknown): Answer {
  if (is(value)) return value;
  throw new RequestError(200, 'unexpected', 'api/cameras');
}

/** A port as it was typed; `undefined`: none. Pure. */
export function portIn(typed: string): number | 'wrong' | undefined {
  const plain = typed.trim();
  if (plain === '') return undefined;
  const port = /^\d{1,5}$/.test(plain) ? Number(plain) : 0;
  return port >= 1 && port <= 65_535 ? port : 'wrong';
}
