import type { DutyList, DutyPage } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api, session } from '../session.ts';

const isList = shaped<DutyList>({ items: 'array', unspoken: 'array' });
const isPage = shaped<DutyPage>({ incident: 'string', clocks: 'array', drafts: 'array', decisions: 'array' });

export const dutiesAddress = (incident: string): string =>
  `api/incidents/${encodeURIComponent(incident)}/duties`;
export const fetchDuties = () => api.get('api/duties', isList);
export const fetchDutiesOf = (incident: string) => api.get(dutiesAddress(incident), isPage);

/** Changes something; the answer is how it stands afterwards. */
export async function changeDuties(
  incident: string,
  path: string,
  body: object,
  method: 'POST' | 'PUT' = 'POST',
): Promise<DutyPage> {
  const answer = await api.send(`${dutiesAddress(incident)}/${path}`, body, method);
  if (!isPage(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}

/** The warning as a file: what is no JSON is fetched by hand. @throws RequestError */
export async function fetchWarning(incident: string, body: object): Promise<Blob> {
  const response = await fetch(`api/incidents/${encodeURIComponent(incident)}/cap`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'X-Gatehouse-Token': session.value?.token ?? '' },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.blob();
  const answer: unknown = await response.json().catch(() => undefined);
  const said = shaped<{ error: { message: string } }>({ error: 'object' });
  throw new RequestError(
    response.status,
    'refused',
    said(answer) ? answer.error.message : `${response.status}`,
  );
}

export const mayHandle = (): boolean => session.value?.role !== 'auditor' && session.value?.role !== 'staff';
export const mayApprove = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';
