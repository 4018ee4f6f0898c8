/** The routes of cameras and of the pictures that are kept for detections. All of them are for people signed in. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { EvidenceSet } from '../cameras/evidence-store.ts';
import type { SiteCamera } from '../cameras/site-camera.ts';
import type { Gateway } from '../gateway.ts';
import { cameraAdding } from './camera-adding.ts';
import type { CameraRoutes } from './camera-routes.ts';
import { statusOf } from './camera-status.ts';
import type { CameraPreset, CommandAnswer, EvidencePictures } from './contract.ts';
import { Refused, read, readBody } from './problem.ts';

/** Sets in one answer. */
const MAX_SETS_SHOWN = 200;
/** A camera that turns takes seconds. */
const TURN_WITHIN_MS = 20_000;
type Env = { Bindings: HttpBindings };

const evidenceRequest = z.strictObject({
  detection: z.string().max(256).optional(),
  camera: identifier.optional(),
});
const presetRequest = z.strictObject({ preset: plainText.min(1).max(64) });

export function cameraRoutes(routes: CameraRoutes): Hono<Env> {
  const { cameras, gateway, clock, signedIn, changer } = routes;
  const app = new Hono<Env>();
  let commands = 0;

  const cameraOf = (context: Context<Env>): SiteCamera => {
    const camera = cameras.of(context.req.param('asset') ?? '');
    if (camera === undefined)
      throw new Refused(404, 'no-such-camera', 'There is no such camera at this site.');
    return camera;
  };

  app.get('/api/cameras', (context) => {
    signedIn(context);
    return context.json(cameras.all().map((camera) => statusOf(camera, cameras, gateway)));
  });

  app.get('/api/cameras/:asset/presets', async (context) => {
    signedIn(context);
    const presets: CameraPreset[] = await cameraOf(context)
      .presets()
      .catch((error: unknown) => {
        throw new Refused(409, 'no-presets', error instanceof Error ? error.message : String(error));
      });
    return context.json(presets);
  });

  app.get('/api/cameras/:asset/picture', (context) => {
    signedIn(context);
    const camera = cameraOf(context);
    const picture = camera.newestPicture;
    if (picture === undefined) throw new Refused(404, 'no-picture', noPictureOf(camera));
    context.header('Content-Type', 'image/jpeg');
    context.header('X-Taken-At', String(Math.round(picture.takenAt)));
    return context.body(Uint8Array.from(picture.jpeg));
  });

  app.post('/api/cameras/:asset/preset', async (context) => {
    const { by } = changer(context);
    const { asset } = cameraOf(context).configuration;
    const { preset } = await readBody(context, presetRequest);
    const issuedAt = clock.now();
    const id = `${gateway.configuration.gateway.id}/page/${issuedAt}-${++commands}/preset/${asset}`.slice(
      -256,
    );
    await gateway.command({
      id,
      action: 'camera.go-to-preset',
      asset,
      preset,
      issuedAt,
      lifetimeMs: TURN_WITHIN_MS,
      issuedBy: by.name,
      reason: 'turned at the site page',
    });
    return context.json({ command: id } satisfies CommandAnswer);
  });

  app.route('/', cameraAdding(routes));

  app.get('/api/evidence', (context) => {
    signedIn(context);
    const wanted = read(evidenceRequest, context.req.query());
    const { evidence } = gateway.configuration;
    const sets = cameras.store.list(wanted, MAX_SETS_SHOWN);
    return context.json(sets.map((set) => shown(set, evidence.keepMs, gateway)));
  });

  app.get('/api/evidence/:set/:file', async (context) => {
    signedIn(context);
    const jpeg = await cameras.store.read(context.req.param('set'), context.req.param('file'));
    if (jpeg === undefined) throw new Refused(404, 'no-such-picture', 'This picture is not kept any more.');
    context.header('Content-Type', 'image/jpeg');
    return context.body(Uint8Array.from(jpeg));
  });

  return app;
}

function noPictureOf({ configuration, health }: SiteCamera): string {
  if (configuration.picture.source === 'none') return 'No pictures are taken of this camera.';
  const why = health.find(({ role, works }) => role !== 'events' && !works)?.why;
  return why === undefined ? 'It has not brought a picture yet.' : `It brings no picture: ${why}`;
}

function shown(
  { id, camera, facts, assets, ...set }: EvidenceSet,
  keepMs: number,
  gateway: Gateway,
): EvidencePictures {
  const nameOf = (asset: string) => gateway.configuration.registry.asset(asset)?.name ?? asset;
  return {
    ...set,
    set: id,
    camera: { asset: camera, name: nameOf(camera) },
    keptUntil: set.at + keepMs,
    ...(facts === undefined ? {} : { facts }),
    ...(assets === undefined ? {} : { assets: assets.map((asset) => ({ id: asset, name: nameOf(asset) })) }),
  };
}
