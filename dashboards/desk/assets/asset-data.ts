/** The map as it was last fetched, and what is looked for on it. */
import { signal } from '@preact/signals';
import type { AssetMap } from '../../../cloud/api/contract.ts';
import { say } from '../../kit/toast.tsx';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import { session } from '../session.ts';
import { fetchMap } from './requests.ts';

export const map = signal<Loaded<AssetMap>>({ state: 'loading' });
export const loadMap = () => load(map, fetchMap);

export interface Wanted {
  site: string | undefined;
  zone: string;
  kind: string;
  only: 'all' | 'threatened' | 'incidents' | 'critical';
  find: string;
}
export const wanted = signal<Wanted>({ site: undefined, zone: '', kind: '', only: 'all', find: '' });

export const mayEdit = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';

/** Does something that answers with the map afterwards. @returns whether it was done; else it has been said why */
export async function changing(change: () => Promise<AssetMap>, done: string): Promise<boolean> {
  try {
    map.value = { state: 'there', value: await change() };
    say(done);
    return true;
  } catch (error) {
    say(reasonOf(error).message, 'critical');
    return false;
  }
}
