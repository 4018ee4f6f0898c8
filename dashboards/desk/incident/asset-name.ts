import type { IncidentPage } from '../../../cloud/api/contract.ts';

/** An asset's name: of the incident's own, else of its site's. */
export const assetName = (page: IncidentPage, id: string): string =>
  [...page.assets, ...(page.site?.assets ?? [])].find((asset) => asset.id === id)?.name ?? id;
