import type { ToolId, ToolkitList } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isList = shaped<ToolkitList>({ items: 'array' });

export const fetchToolkit = () => api.get('api/toolkit', isList);

/** @returns all of them afterwards */
export async function switchTool(id: ToolId, enabled: boolean, reason: string): Promise<ToolkitList> {
  const answer = await api.send(`api/toolkit/${encodeURIComponent(id)}`, { enabled, reason }, 'PUT');
  if (!isList(answer)) throw new RequestError(200, 'unexpected', 'api/toolkit');
  return answer;
}
