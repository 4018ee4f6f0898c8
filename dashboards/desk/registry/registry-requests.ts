import type {
  DiscoveredList,
  LinkSuggestionList,
  RegistryChanges,
  RegistryPage,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isPage = shaped<RegistryPage>({
  people: 'object',
  assets: 'object',
  suggestions: 'number',
  waiting: 'object',
});
const isSuggestions = shaped<LinkSuggestionList>({ items: 'array', decided: 'array' });
const isDiscovered = shaped<DiscoveredList>({ items: 'array', leftOut: 'number' });
const isChanges = shaped<RegistryChanges>({ changes: 'array', more: 'number', same: 'number' });

export const fetchRegistry = (find: string, limit: number) =>
  api.get(`api/registry?${new URLSearchParams({ find, limit: String(limit) })}`, isPage);
export const fetchLinkSuggestions = () => api.get('api/registry/suggestions', isSuggestions);
export const fetchDiscovered = () => api.get('api/registry/discovered', isDiscovered);
export const decideLink = (id: string, decision: 'accepted' | 'rejected') =>
  sent('api/registry/suggestions', { id, decision }, isSuggestions);
export const takeDiscovered = (id: string, take?: { id: string; name: string; kind: string }) =>
  sent('api/registry/discovered', take === undefined ? { id } : { id, take }, isDiscovered);
export const importFiles = (files: { name: string; text: string }[], dryRun: boolean) =>
  sent('api/registry/import', { files, dryRun }, isChanges);
export const exportAddress = (table?: string): string =>
  `api/registry/export?${table === undefined ? 'format=yaml' : `format=csv&table=${table}`}`;

async function sent<Answer>(path: string, body: object, check: Check<Answer>): Promise<Answer> {
  const answer = await api.send(path, body);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}
