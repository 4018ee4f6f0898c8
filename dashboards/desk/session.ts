/** Who is signed in, and the requests made in their name. */
import { signal } from '@preact/signals';
import type {
  AuditTrailHealth,
  IncidentList,
  IncidentPage,
  IntegrityOverview,
  PeopleList,
  PolicyList,
  SessionInfo,
  SituationalPicture,
  SuppressionList,
  SuppressionPage,
  SuppressionRequest,
  TelemetrySeries,
  ToolId,
} from '../../cloud/api/contract.ts';
import { RequestError, requests, shaped } from '../kit/request.ts';

const isSession = shaped<SessionInfo>({ name: 'string', role: 'string', token: 'string' });
const isPicture = shaped<SituationalPicture>({
  clock: 'object',
  sites: 'array',
  sources: 'array',
  scenarios: 'array',
});
const isIncidentList = shaped<IncidentList>({ items: 'array', total: 'number', counts: 'object' });
/** What there is to see where the incident desk is off. */
const noIncidents: IncidentList = {
  items: [],
  total: 0,
  counts: { open: 0, acknowledged: 0, contained: 0, resolved: 0, 'false-alarm': 0 },
};
const isIncidentPage = shaped<IncidentPage>({
  summary: 'object',
  links: 'array',
  story: 'array',
  activities: 'array',
});
const isTelemetry = shaped<TelemetrySeries>({ asset: 'string', points: 'array' });
const isPeopleList = shaped<PeopleList>({ items: 'array' });
const isPolicyList = shaped<PolicyList>({ items: 'array' });
const isIntegrity = shaped<IntegrityOverview>({ pages: 'array', folders: 'array', findings: 'array' });
const isTrailHealth = shaped<AuditTrailHealth>({ enabled: 'boolean', size: 'number' });
const isSuppressionList = shaped<SuppressionList>({ items: 'array' });
const isSuppressionPage = shaped<SuppressionPage>({ suppression: 'object', newest: 'array' });
/** `undefined`: not known yet; `null`: signed out. */
export const session = signal<SessionInfo | null | undefined>(undefined);
/** The session ended by itself, not by the person's wish. */
export const wasSignedOut = signal(false);

/** Whether a tool of the house is at work: where it is not, nothing of it is offered or asked for. */
export const isToolOn = (id: ToolId): boolean => session.value?.toolsOff?.includes(id) !== true;

/** The server told which are off from now on. */
export function toolsAreOff(toolsOff: ToolId[]): void {
  if (session.value) session.value = { ...session.value, toolsOff };
}

/** Requests in the name of whoever is signed in. */
export const api = requests(
  () => session.value?.token,
  () => {
    if (session.value) wasSignedOut.value = true;
    session.value = null;
  },
);

/** Finds out who is signed in. @throws RequestError when the server cannot be asked */
export async function resumeSession(): Promise<void> {
  try {
    session.value = await api.get('api/session', isSession);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401) throw error;
  }
}

/** @throws RequestError, 401 when name or password is wrong */
export async function signIn(name: string, password: string, code?: string): Promise<void> {
  entered(await api.send('api/session', { name, password, ...(code === undefined ? {} : { code }) }));
}

/** Takes what the server says of a session that has begun. */
export function entered(answer: unknown): void {
  if (!isSession(answer)) throw new RequestError(200, 'unexpected', 'api/session');
  wasSignedOut.value = false;
  session.value = answer;
}

export async function signOut(): Promise<void> {
  await api.send('api/session', undefined, 'DELETE').catch(() => undefined);
  session.value = null;
}

const query = (parameters: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString();

export const fetchPicture = () => api.get('api/picture', isPicture);
export const fetchIncidents = async (
  parameters: { state: string; limit: number } & Readonly<Record<string, string | number>>,
) =>
  isToolOn('incident-desk') ? api.get(`api/incidents?${query(parameters)}`, isIncidentList) : noIncidents;
export const fetchIncident = (id: string) =>
  api.get(`api/incidents/${encodeURIComponent(id)}`, isIncidentPage);
export const fetchPeople = () => api.get('api/people', isPeopleList);
export const fetchTemperature = (asset: string, from: number, to: number) =>
  api.get(
    `api/telemetry?${query({ asset, quantity: 'temperature', from: Math.round(from), to: Math.round(to), points: 240 })}`,
    isTelemetry,
  );
export const pictureAddress = (id: string): string => `api/pictures/${encodeURIComponent(id)}`;
export const startScenario = (id: string) => api.send(`api/scenarios/${encodeURIComponent(id)}`, {});
export const actOnIncident = (id: string, verb: string, body: object) =>
  api.send(`api/incidents/${encodeURIComponent(id)}/${verb}`, body);

export const fetchPolicies = () => api.get('api/policies', isPolicyList);
export const fetchIntegrity = () => api.get('api/integrity', isIntegrity);
export const acceptFinding = (id: string) => api.send('api/integrity/accept', { id });
export const fetchTrailHealth = () => api.get('api/audit/health', isTrailHealth);

export const undoRuling = (id: string) => api.send(`api/rulings/${encodeURIComponent(id)}/undo`, {});
export const fetchSuppressions = () => api.get('api/suppressions', isSuppressionList);
export const fetchSuppression = (id: string) =>
  api.get(`api/suppressions/${encodeURIComponent(id)}`, isSuppressionPage);
export const suppress = (body: SuppressionRequest) => api.send('api/suppressions', body);
export const endSuppression = (id: string, body: { text?: string }) =>
  api.send(`api/suppressions/${encodeURIComponent(id)}/end`, body);
