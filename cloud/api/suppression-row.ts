import type { Registry } from '../../devices/model/registry.ts';
import { HOUSE, type Suppression } from '../store/store.ts';
import type { SuppressionRow } from './contract.ts';

/** A suppression as it is shown. Pure. */
export function suppressionRowOf(
  { ended, ...suppression }: Suppression,
  held: number,
  registry: Registry,
): SuppressionRow {
  const asset = suppression.asset === undefined ? undefined : registry.asset(suppression.asset);
  const site = suppression.site === undefined ? undefined : registry.site(suppression.site);
  const { at, by, text } = ended ?? {};
  return {
    ...suppression,
    state: ended === undefined ? 'working' : by === HOUSE ? 'expired' : 'ended',
    ...(at === undefined || by === undefined
      ? {}
      : { ended: { at, by, ...(text === undefined ? {} : { text }) } }),
    held,
    ...(asset === undefined ? {} : { assetName: asset.name }),
    ...(site === undefined ? {} : { siteName: site.name }),
  };
}
