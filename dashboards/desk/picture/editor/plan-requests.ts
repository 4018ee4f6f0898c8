import { RequestError, shaped } from '../../../kit/request.ts';
import { api } from '../../session.ts';
import type { PlanFloor, PlanImageTaken, SitePlan } from './plan-types.ts';

const isPlan = shaped<SitePlan>({
  site: 'string',
  revision: 'number',
  floors: 'array',
  zones: 'array',
  assets: 'array',
  isEditable: 'boolean',
});
const isImage = shaped<PlanImageTaken>({ id: 'string', width: 'number', height: 'number', dropped: 'array' });

const placeOf = (site: string): string => `api/plans/${encodeURIComponent(site)}`;
export const imagePlace = (site: string, image: string): string => `${placeOf(site)}/images/${image}`;

export const fetchPlan = (site: string): Promise<SitePlan> => api.get(placeOf(site), isPlan);

/** @throws RequestError 409 when somebody else has changed it since `revision` */
export async function savePlan(
  site: string,
  revision: number,
  floors: readonly PlanFloor[],
): Promise<SitePlan> {
  const answer = await api.send(placeOf(site), { revision, floors }, 'PUT');
  if (!isPlan(answer)) throw new RequestError(200, 'unexpected', placeOf(site));
  return answer;
}

/** As large as the cloud takes them. */
export const MAX_FILE_BYTES = 3 * 1024 * 1024;

/** What a file is, by its name where the system does not say. */
export function imageTypeOf({ type, name }: Pick<File, 'type' | 'name'>): string | undefined {
  const known = ['image/svg+xml', 'image/png', 'image/jpeg'];
  if (known.includes(type)) return type;
  const ending = name.toLowerCase().split('.').at(-1) ?? '';
  return { svg: known[0], png: known[1], jpg: known[2], jpeg: known[2] }[ending];
}

const CHUNK = 32_768;

export async function sendImage(site: string, mediaType: string, file: Blob): Promise<PlanImageTaken> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  const answer = await api.send(`${placeOf(site)}/images`, { mediaType, base64: btoa(binary) });
  if (!isImage(answer)) throw new RequestError(200, 'unexpected', placeOf(site));
  return answer;
}
