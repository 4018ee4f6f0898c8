/** What the response asks of the server, and whether whoever is signed in may ask it. */
import type {
  IncidentResponse,
  PlaybookCheck,
  PlaybookDocument,
  PlaybookLibrary,
  PlaybookPage,
  PlaybookRow,
  Rehearsed,
  RunList,
  RunPage,
  RunPreparation,
} from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api, session } from '../session.ts';

const isLibrary = shaped<PlaybookLibrary>({ items: 'array', actions: 'array', targets: 'array' });
const isPlaybookPage = shaped<PlaybookPage>({ row: 'object', playbook: 'object', versions: 'array' });
const isRow = shaped<PlaybookRow>({ id: 'string', name: 'string', version: 'number' });
const isCheck = shaped<PlaybookCheck>({ problems: 'array' });
const isRunList = shaped<RunList>({ items: 'array' });
const isRunPage = shaped<RunPage>({ row: 'object', steps: 'array', values: 'array', log: 'array' });
const isOfIncident = shaped<IncidentResponse>({ suggested: 'array', runs: 'array' });
const isPreparation = shaped<RunPreparation>({ playbook: 'object', questions: 'array' });
const isRehearsed = shaped<Rehearsed>({ steps: 'array', ends: 'boolean' });

const of = (...parts: string[]) => `api/response/${parts.map(encodeURIComponent).join('/')}`;

/** @throws RequestError where the answer is not what was asked for */
async function sent<Value>(
  path: string,
  body: unknown,
  check: (value: unknown) => value is Value,
): Promise<Value> {
  const answer = await api.send(path, body);
  if (!check(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

export const fetchLibrary = () => api.get(of('playbooks'), isLibrary);
export const fetchPlaybook = (id: string, version?: number) =>
  api.get(`${of('playbooks', id)}${version === undefined ? '' : `?version=${version}`}`, isPlaybookPage);
export const exportAddress = (id: string) => of('playbooks', id, 'export');
export const checkPlaybook = (playbook: unknown) => sent(of('check'), { playbook }, isCheck);
export const keepPlaybook = (playbook: unknown, basedOn?: number) =>
  sent(of('playbooks'), { playbook, ...(basedOn === undefined ? {} : { basedOn }) }, isRow);
export const removePlaybook = (id: string) => api.send(of('playbooks', id), undefined, 'DELETE');
export const fetchRuns = () => api.get(of('runs'), isRunList);
export const fetchRun = (id: string) => api.get(of('runs', id), isRunPage);
export const fetchResponseTo = (incident: string) => api.get(of('incidents', incident), isOfIncident);
export const fetchPreparation = (incident: string, playbook: string) =>
  api.get(of('incidents', incident, 'playbooks', playbook), isPreparation);

type Wanted = { playbook: string; incident: string; values: Record<string, string> };
export const rehearse = (wanted: Wanted) => sent(of('rehearse'), wanted, isRehearsed);
export const begin = (wanted: Wanted) => sent(of('runs'), wanted, isRunPage);
export const sayToStep = (run: string, key: string, verb: string, body: object) =>
  sent(of('runs', run, 'steps', key, verb), body, isRunPage);
export const cancelRun = (run: string, text: string) => sent(of('runs', run, 'cancel'), { text }, isRunPage);

const roleIs = (...roles: string[]) => roles.includes(session.value?.role ?? '');
/** The server decides; these only hide what it would refuse. */
export const mayRun = () => roleIs('operator', 'supervisor', 'responsible-person', 'administrator');
export const mayApprove = () => roleIs('supervisor', 'administrator');
export const mayEdit = () => roleIs('supervisor', 'administrator');

export type { PlaybookDocument };
