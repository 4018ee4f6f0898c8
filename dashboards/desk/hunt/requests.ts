import type {
  HuntProblem,
  HuntResult,
  SavedHunt,
  SavedHuntList,
  Severity,
} from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isResult = shaped<HuntResult>({ rows: 'array', histogram: 'array', facets: 'object', total: 'number' });
const isList = shaped<SavedHuntList>({ items: 'array' });
const isProblem = shaped<HuntProblem>({ column: 'number', length: 'number', suggestions: 'array' });

const asked = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();

/** @throws RequestError */
export const search = (query: string, before?: number): Promise<HuntResult> =>
  api.get(
    `api/hunt?${asked({ query, limit: '50', ...(before === undefined ? {} : { before: String(before) }) })}`,
    isResult,
  );

/** What is wrong with the query itself; undefined where something else went wrong. */
export const problemIn = (error: unknown): Omit<HuntProblem, 'error'> | undefined =>
  error instanceof RequestError && error.status === 422 && isProblem(error.details)
    ? error.details
    : undefined;

export const exportAddress = (query: string): string => `api/hunt/export?${asked({ query })}`;
export const fetchHunts = () => api.get('api/hunts', isList);

async function listAfter(answer: Promise<unknown>): Promise<SavedHunt[]> {
  const list = await answer;
  if (!isList(list)) throw new RequestError(200, 'unexpected', 'api/hunts');
  return list.items;
}
/** @throws RequestError */
export const keepHunt = (
  id: string,
  body: { name: string; query: string; shared: boolean; watch?: { severity: Severity } },
) => listAfter(api.send(`api/hunts/${id}`, body, 'PUT'));
/** @throws RequestError */
export const removeHunt = (id: string) => listAfter(api.send(`api/hunts/${id}`, undefined, 'DELETE'));
