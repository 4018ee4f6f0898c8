import type {
  IndicatorList,
  IntelligenceRelevance,
  IntelligenceState,
  SharingList,
  SharingPreview,
} from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api, session } from '../session.ts';

const isState = shaped<IntelligenceState>({ indicators: 'number', feeds: 'array' });
const isRelevance = shaped<IntelligenceRelevance>({ touched: 'array', techniques: 'array', sites: 'array' });
const isIndicators = shaped<IndicatorList>({ items: 'array', total: 'number' });
const isSharing = shaped<SharingList>({ groups: 'array', shares: 'array', collections: 'array' });
const isPreview = shaped<SharingPreview>({ objects: 'array', removed: 'array' });

export const fetchFeeds = () => api.get('api/intelligence', isState);
export const fetchRelevance = () => api.get('api/intelligence/relevance?days=7', isRelevance);
export const fetchIndicators = (find: string, seen: boolean) =>
  api.get(
    `api/intelligence/indicators?${new URLSearchParams({ find, seen: seen ? 'yes' : 'no', limit: '100' })}`,
    isIndicators,
  );
export const addIndicator = (body: object) => api.send('api/intelligence/indicators', body);
export const dropIndicator = (id: string) =>
  api.send(`api/intelligence/indicators/${encodeURIComponent(id)}`, undefined, 'DELETE');

export const fetchSharing = () => api.get('api/sharing', isSharing);
export const fetchPreview = (incident: string, group: string) =>
  api.get(`api/sharing/preview?${new URLSearchParams({ incident, group })}`, isPreview);
export async function changeSharing(
  path: string,
  body: object | undefined,
  method: 'POST' | 'PUT' | 'DELETE' = 'POST',
): Promise<SharingList> {
  const answer = await api.send(`api/sharing/${path}`, body, method);
  if (!isSharing(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}
export const shareFile = (id: string): string => `api/sharing/shares/${encodeURIComponent(id)}/file`;

export const mayShare = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';
export const mayPropose = (): boolean => mayShare() || session.value?.role === 'operator';
