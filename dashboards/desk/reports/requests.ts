import type { Report, ReportKind, ReportList } from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isReport = shaped<Report>({ kind: 'string', sections: 'array', sha256: 'string' });
const isList = shaped<ReportList>({ kinds: 'array', schedules: 'array', kept: 'array' });

export interface Wish {
  kind: ReportKind;
  every: 'day' | 'week' | 'month';
  back: number;
  timeZone: string;
  /** Empty: all. */
  site: string;
  persons: boolean;
}

export const reportAddress = (
  { kind, every, back, timeZone, site, persons }: Wish,
  format: 'json' | 'pdf' | 'csv',
): string =>
  `api/reports/${kind}?${new URLSearchParams({
    every,
    back: String(back),
    timeZone,
    ...(site === '' ? {} : { sites: site }),
    persons: persons ? 'yes' : 'no',
    format,
  })}`;

export const keptAddress = (id: string, format: 'pdf' | 'csv'): string =>
  `api/reports/kept/${encodeURIComponent(id)}?format=${format}`;
export const fetchReport = (wish: Wish) => api.get(reportAddress(wish, 'json'), isReport);
export const fetchList = () => api.get('api/reports', isList);

async function sent(path: string, body: object | undefined, method: 'POST' | 'DELETE'): Promise<ReportList> {
  const answer = await api.send(path, body, method);
  if (!isList(answer)) throw new RequestError(200, 'unexpected', path);
  return answer;
}
export const addSchedule = (body: object) => sent('api/reports/schedules', body, 'POST');
export const endSchedule = (id: string) =>
  sent(`api/reports/schedules/${encodeURIComponent(id)}`, undefined, 'DELETE');
