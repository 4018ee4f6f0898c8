import type { Cameras } from '../cameras/cameras.ts';
import type { SiteCamera } from '../cameras/site-camera.ts';
import type { Gateway } from '../gateway.ts';
import type { CameraStatus } from './contract.ts';

/** A camera as the page shows it. */
export function statusOf(camera: SiteCamera, cameras: Cameras, gateway: Gateway): CameraStatus {
  const { asset } = camera.configuration;
  const { reason, description, clockOffsetMs, newestPicture, health } = camera;
  const addedAt = cameras.addedAt(asset);
  const { expected, other } = camera.trust;
  const picture = gateway.site.current(asset, 'picture');
  return {
    asset,
    name: gateway.configuration.registry.asset(asset)?.name ?? asset,
    online: gateway.site.current(asset, 'online') === 'online',
    picture: picture === 'visible' || picture === 'obscured' ? picture : 'unknown',
    roles: health,
    hasPictures: camera.configuration.picture.source !== 'none',
    canTurn: camera.configuration.host !== undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(description === undefined ? {} : { model: description.model, serial: description.serial }),
    ...(clockOffsetMs === undefined ? {} : { clockOffsetSeconds: Math.round(clockOffsetMs / 1_000) }),
    ...(newestPicture === undefined ? {} : { lastPictureAt: newestPicture.takenAt }),
    ...(addedAt === undefined ? {} : { addedAt }),
    ...(expected === undefined ? {} : { certificate: expected }),
    ...(other === undefined ? {} : { otherCertificate: other }),
  };
}
