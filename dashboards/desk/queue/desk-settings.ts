/** What the desk goes by, and the views that are kept: fetched once, after the queue is there. */
import { signal } from '@preact/signals';
import type {
  BulkAnswer,
  BulkRequest,
  DeskSettings,
  SavedView,
  SavedViewList,
} from '../../../cloud/api/contract.ts';
import { RequestError, shaped } from '../../kit/request.ts';
import { api } from '../session.ts';

const isSettings = shaped<DeskSettings>({ serviceLevels: 'object', themes: 'array' });
const isViews = shaped<SavedViewList>({ items: 'array' });
const isBulk = shaped<BulkAnswer>({ done: 'array', refused: 'array' });

export const settings = signal<DeskSettings | undefined>(undefined);
export const views = signal<readonly SavedView[]>([]);

/** Without them the queue works as well: no clocks, no views. */
export function loadSettings(): void {
  if (settings.value === undefined)
    api.get('api/desk', isSettings).then(
      (found) => {
        settings.value = found;
      },
      () => undefined,
    );
  api.get('api/views', isViews).then(
    ({ items }) => {
      views.value = items;
    },
    () => undefined,
  );
}

/** @throws RequestError */
export async function saveView(id: string, body: Pick<SavedView, 'name' | 'view' | 'shared'>): Promise<void> {
  const answer = await api.send(`api/views/${id}`, body, 'PUT');
  if (isViews(answer)) views.value = answer.items;
}

/** @throws RequestError */
export async function removeView(id: string): Promise<void> {
  const answer = await api.send(`api/views/${id}`, undefined, 'DELETE');
  if (isViews(answer)) views.value = answer.items;
}

/** @throws RequestError */
export async function changeMany(body: BulkRequest): Promise<BulkAnswer> {
  const answer = await api.send('api/incidents/bulk', body);
  if (!isBulk(answer)) throw new RequestError(200, 'unexpected', 'api/incidents/bulk');
  return answer;
}
