import type { LinkDown, PictureAsset, PictureSite } from '../api/contract.ts';

/** Links of one site that are listed; of more, the first. */
export const MAX_LINKS_DOWN = 100;
/** So many alarms that wait on a gateway are a connection that does not keep up. */
const BACKLOG = 500;

/** A state of a device that means: nothing comes from it any more, or not what it is there for. */
const cut: Readonly<Record<string, readonly string[]>> = {
  online: ['offline'],
  picture: ['obscured'],
  signal: ['lost'],
  transmission: ['failed'],
};

/** What of a site does not get through now: its gateway, its alarm transmission, cameras, devices. Pure. */
export function linksDown(
  gateway: PictureSite['gateway'],
  assets: readonly Pick<PictureAsset, 'id' | 'name' | 'kind' | 'states'>[],
): LinkDown[] {
  const down: LinkDown[] = [];
  if (gateway !== undefined && gateway.connected === false)
    down.push({
      kind: 'gateway',
      id: gateway.id,
      name: gateway.id,
      ...(gateway.lastSeenAt === undefined ? {} : { since: gateway.lastSeenAt }),
    });
  else if (gateway?.waiting !== undefined && gateway.waiting.alarm >= BACKLOG)
    down.push({ kind: 'uplink', id: gateway.id, name: gateway.id });
  for (const { id, name, kind, states } of assets)
    for (const { property, value, since } of states) {
      if (cut[property]?.includes(String(value)) !== true) continue;
      const of = property === 'transmission' ? 'uplink' : kind === 'camera' ? 'camera' : 'device';
      down.push({ kind: of, id, name, since });
      break;
    }
  return down.slice(0, MAX_LINKS_DOWN);
}
