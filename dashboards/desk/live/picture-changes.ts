import type { PictureSite, SituationalPicture, StreamEvent } from '../../../cloud/api/contract.ts';

type OfPicture = Extract<StreamEvent, { type: 'asset' | 'gateway' | 'site' | 'scenario' | 'clock' }>;

function changeSite(
  picture: SituationalPicture,
  id: string,
  change: (site: PictureSite) => PictureSite,
): SituationalPicture {
  const index = picture.sites.findIndex((site) => site.id === id);
  const site = picture.sites[index];
  return site === undefined ? picture : { ...picture, sites: picture.sites.with(index, change(site)) };
}

/**
 * The picture after a stream event. Pure; what did not change keeps its identity, and an event about
 * something that the picture does not hold leaves it as it is.
 */
export function changePicture(picture: SituationalPicture, event: OfPicture): SituationalPicture {
  switch (event.type) {
    case 'clock':
      return { ...picture, clock: event.data };
    case 'scenario':
      return {
        ...picture,
        scenarios: picture.scenarios.map((scenario) =>
          scenario.id === event.data.id ? { ...scenario, running: event.data.running } : scenario,
        ),
      };
    case 'gateway':
      return changeSite(picture, event.data.site, (site) => ({ ...site, gateway: event.data.gateway }));
    case 'site':
      return changeSite(picture, event.data.id, ({ worst: _before, ...site }) => ({
        ...site,
        ...event.data,
      }));
    case 'asset':
      return changeSite(picture, event.data.site, (site) => {
        const index = site.assets.findIndex(({ id }) => id === event.data.asset);
        const asset = site.assets[index];
        if (asset === undefined) return site;
        const { state } = event.data;
        const at = asset.states.findIndex(({ property }) => property === state.property);
        const known = asset.states[at];
        // A resumed stream may repeat what the page already fetched.
        if (known !== undefined && known.seenAt > state.seenAt) return site;
        const states = at < 0 ? [...asset.states, state] : asset.states.with(at, state);
        return { ...site, assets: site.assets.with(index, { ...asset, states }) };
      });
  }
}
