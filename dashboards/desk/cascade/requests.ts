import type {
  CascadeAnswer,
  Comparison,
  ComparisonList,
  IncidentCascade,
} from '../../../cloud/api/contract.ts';
import { type Check, RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isAnswer = shaped<CascadeAnswer>({ cascade: 'object' });
const isIncidentCascade = shaped<IncidentCascade>({ happened: 'array', cascade: 'object', helps: 'array' });
const isList = shaped<ComparisonList>({ items: 'array' });
const isComparison = shaped<Comparison>({ id: 'string', fail: 'array' });

/** What is asked of the cloud. */
export interface Question {
  fail: string[];
  whatIf: string[];
  seed: number;
  lastingMs?: number;
}

async function sent<Answer>(
  check: Check<Answer>,
  path: string,
  body?: unknown,
  method?: 'DELETE',
): Promise<Answer> {
  const answer = await api.send(path, body, method);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

export const askCascade = (question: Question) => sent(isAnswer, 'api/cascade', question);
export const fetchNext = (incident: string) =>
  api.get(`api/incidents/${encodeURIComponent(incident)}/cascade`, isIncidentCascade);
export const fetchKept = () => api.get('api/cascade/comparisons', isList);
export const keep = (question: Question & { name: string }) =>
  sent(isComparison, 'api/cascade/comparisons', question);
export const dropKept = (id: string) =>
  sent(isList, `api/cascade/comparisons/${encodeURIComponent(id)}`, undefined, 'DELETE');
