/** What the page about the registry shows, fetched when it is opened and after each change. */
import { signal } from '@preact/signals';
import type {
  DiscoveredList,
  LinkSuggestionList,
  RegistryChanges,
  RegistryPage,
} from '../../../cloud/api/contract.ts';
import { say } from '../../kit/toast.tsx';
import { type Loaded, load, reasonOf } from '../loaded.ts';
import { session } from '../session.ts';
import {
  decideLink,
  fetchDiscovered,
  fetchLinkSuggestions,
  fetchRegistry,
  importFiles,
  takeDiscovered,
} from './registry-requests.ts';

export const registry = signal<Loaded<RegistryPage>>({ state: 'loading' });
export const suggestions = signal<Loaded<LinkSuggestionList>>({ state: 'loading' });
export const discovered = signal<Loaded<DiscoveredList>>({ state: 'loading' });
/** What is searched for, and how much is shown. */
export const wanted = signal('');
const STEP = 50;
export const shown = signal(STEP);

let asked = 0;
export async function loadRegistry(): Promise<void> {
  const mine = ++asked;
  await load(
    registry,
    () => fetchRegistry(wanted.value, shown.value),
    () => mine === asked,
  );
}
export const loadSuggestions = () => load(suggestions, fetchLinkSuggestions);
export const loadDiscovered = () => load(discovered, fetchDiscovered);
export function showMore(): void {
  shown.value = Math.min(200, shown.value + STEP);
  void loadRegistry();
}

export const mayDecide = (): boolean =>
  session.value?.role === 'supervisor' || session.value?.role === 'administrator';
export const mayExport = (): boolean => mayDecide() || session.value?.role === 'auditor';
export const mayImport = (): boolean => session.value?.role === 'administrator';

/** @returns whether it was done; what went wrong has been said */
async function changing(change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
  } catch (error) {
    say(reasonOf(error).message, 'critical');
    return false;
  }
  void loadRegistry();
  return true;
}

export const decide = (id: string, decision: 'accepted' | 'rejected') =>
  changing(async () => {
    suggestions.value = { state: 'there', value: await decideLink(id, decision) };
  });

export const take = (
  id: string,
  as?: { id: string; name: string; kind: DiscoveredList['items'][number]['seems'] },
) =>
  changing(async () => {
    discovered.value = { state: 'there', value: await takeDiscovered(id, as) };
  });

/** @throws RequestError whose message names file and line */
export async function importRegistry(
  files: { name: string; text: string }[],
  dryRun: boolean,
): Promise<RegistryChanges> {
  const changes = await importFiles(files, dryRun);
  if (!dryRun) void loadRegistry();
  return changes;
}
