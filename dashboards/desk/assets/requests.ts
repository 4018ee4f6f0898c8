import type {
  AssetEntry,
  AssetMap,
  DependencyEntry,
  PersonEntry,
  UsedAnswer,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isMap = shaped<AssetMap>({ assets: 'array', dependencies: 'array', sites: 'array', waiting: 'array' });
const isUsed = shaped<UsedAnswer>({ changes: 'number' });
const isAsset = shaped<AssetEntry>({ id: 'string', kind: 'string', site: 'string' });
const isPerson = shaped<PersonEntry>({ id: 'string', sites: 'array', badges: 'array' });

const at = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

async function changed<Answer>(
  check: Check<Answer>,
  path: string,
  body?: unknown,
  method?: 'PUT' | 'DELETE',
): Promise<Answer> {
  const answer = await api.send(path, body, method);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

export const fetchMap = () => api.get('api/assets', isMap);
export const fetchAsset = (id: string) => api.get(at('api/registry/assets', id), isAsset);
export const fetchPerson = (id: string) => api.get(at('api/registry/people', id), isPerson);
export const putEntry = (list: 'assets' | 'people', id: string, entry: object) =>
  changed(isMap, at(`api/registry/${list}`, id), entry, 'PUT');
export const removeEntry = (list: 'assets' | 'people', id: string) =>
  changed(isMap, at(`api/registry/${list}`, id), undefined, 'DELETE');
export const takeBack = (list: 'assets' | 'identities', id: string) =>
  changed(isMap, 'api/registry/take-back', { list, id });
export const takeIntoUse = () => changed(isUsed, 'api/registry/use');
export const putNeed = (id: string | undefined, entry: DependencyEntry) =>
  id === undefined
    ? changed(isMap, 'api/dependencies', entry)
    : changed(isMap, at('api/dependencies', id), entry, 'PUT');
export const removeNeed = (id: string) => changed(isMap, at('api/dependencies', id), undefined, 'DELETE');
