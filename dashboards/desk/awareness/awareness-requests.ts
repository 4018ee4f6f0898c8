import type { AwarenessOverview, Invitation } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api, session } from '../session.ts';

const isOverview = shaped<AwarenessOverview>({ campaigns: 'array', suggestions: 'array', learners: 'array' });
const isInvitation = shaped<Invitation>({ learner: 'object', link: 'string' });

export const fetchAwareness = () => api.get('api/awareness', isOverview);
export const draftCampaign = (incident: string) => api.send('api/awareness/campaigns', { incident });
export const approveCampaign = (id: string, body: { text: Record<string, string>; until: number }) =>
  api.send(`api/awareness/campaigns/${encodeURIComponent(id)}/approve`, body);
export const endCampaign = (id: string) =>
  api.send(`api/awareness/campaigns/${encodeURIComponent(id)}/end`, {});
export const removeLearner = (id: string) =>
  api.send(`api/awareness/learners/${encodeURIComponent(id)}/remove`, {});
export async function invite(body: { name: string; site?: string }): Promise<Invitation> {
  const answer = await api.send('api/awareness/invitations', body);
  if (!isInvitation(answer)) throw new RequestError(200, 'unexpected', 'api/awareness/invitations');
  return answer;
}

const isRole = (...roles: string[]) => roles.includes(session.value?.role ?? '');
export const mayApprove = () => isRole('supervisor', 'administrator');
export const mayInvite = () => isRole('responsible-person', 'supervisor', 'administrator');
export const mayDraft = () => isRole('responsible-person', 'operator', 'supervisor', 'administrator');
