/** The routes of cameras and of the pictures that are kept for detections. All of them are for people signed in. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Cameras } from '../cameras/cameras.ts';
import type { EvidenceSet } from '../cameras/evidence-store.ts';
import type { SiteCamera } from '../cameras/site-camera.ts';
import { discover, interfacesHere, MAX_INTERFACES, prove } from '../drivers/onvif/onboarding.ts';
import type { Gateway } from '../gateway.ts';
import type { Actor } from '../panel/outcome.ts';
import type {
  CameraPreset,
  CameraProof,
  CameraStatus,
  CommandAnswer,
  DiscoveredCameras,
  EvidencePictures,
} from './contract.ts';
import { Refused, read, readBody } from './problem.ts';

/** Sets in one answer. */
const MAX_SETS_SHOWN = 200;
/** A picture that shows that a log-in works need not be large. */
const PROOF_PICTURE_BYTES = 64 * 1024;
/** A camera that turns takes seconds. */
const TURN_WITHIN_MS = 20_000;
/** Looking for cameras and trying log-ins, at once: it is one installer, and no tool to try passwords with. */
const MAX_TRIALS = 2;

type Env = { Bindings: HttpBindings };

export interface CameraRoutes {
  cameras: Cameras;
  gateway: Gateway;
  clock: Clock;
  /** Somebody is signed in. @throws Refused */
  signedIn(context: Context<Env>): void;
  /** Somebody who is signed in does something. @throws Refused */
  changer(context: Context<Env>): { by: Actor };
}

const evidenceRequest = z.strictObject({
  detection: z.string().max(256).optional(),
  camera: identifier.optional(),
});
const discoverRequest = z.strictObject({
  interfaces: z.array(z.string().min(1).max(64)).min(1).max(MAX_INTERFACES).optional(),
});
const proveRequest = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9.:-]+$/, 'expected a name or an address'),
  port: z.number().int().min(1).max(65_535).optional(),
  secure: z.boolean().default(false),
  username: plainText.min(1).max(128),
  password: z.string().min(1).max(256),
});
const presetRequest = z.strictObject({ preset: plainText.min(1).max(64) });

export function cameraRoutes(routes: CameraRoutes): Hono<Env> {
  const { cameras, gateway, clock, signedIn, changer } = routes;
  const app = new Hono<Env>();
  let trials = 0;
  let commands = 0;

  /** One installer's trial: bounded in number, ended with the request. */
  const trial = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (trials >= MAX_TRIALS)
      throw new Refused(429, 'busy', 'Another camera is being tried. Wait a moment.', {
        retryAfterMs: 5_000,
      });
    trials++;
    try {
      return await work();
    } finally {
      trials--;
    }
  };
  const cameraOf = (context: Context<Env>): SiteCamera => {
    const camera = cameras.of(context.req.param('asset') ?? '');
    if (camera === undefined)
      throw new Refused(404, 'no-such-camera', 'There is no such camera at this site.');
    return camera;
  };

  app.get('/api/cameras', (context) => {
    signedIn(context);
    return context.json(cameras.all().map((camera) => statusOf(camera, gateway)));
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

  app.post('/api/cameras/discover', async (context) => {
    changer(context);
    const { interfaces = interfacesHere() } = await readBody(context, discoverRequest);
    const found = await trial(() => discover(interfaces));
    const known = new Map(
      cameras.all().flatMap(({ configuration, description }): [string, string][] => {
        const { asset, host } = configuration;
        return [description?.endpoint, host].flatMap((name) => (name === undefined ? [] : [[name, asset]]));
      }),
    );
    const answer: DiscoveredCameras = {
      problems: found.problems,
      cameras: found.cameras.map((camera) => {
        // A port may be shared by many behind one address; its lasting name may not.
        const knownAs = known.get(camera.endpoint) ?? known.get(camera.host);
        return { ...camera, ...(knownAs === undefined ? {} : { knownAs }) };
      }),
    };
    return context.json(answer);
  });

  app.post('/api/cameras/prove', async (context) => {
    const { by } = changer(context);
    const { port, ...wanted } = await readBody(context, proveRequest);
    const access = { ...wanted, port: port ?? (wanted.secure ? 443 : 80) };
    const answer = await trial(() => proofOf(cameras, access, context.req.raw.signal));
    // Who tries log-ins from here stands in the records.
    const facts = { change: 'camera tried', host: access.host, proved: answer.proved };
    await gateway.note('configuration.changed', facts, by);
    return context.json(answer);
  });

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

function statusOf(camera: SiteCamera, gateway: Gateway): CameraStatus {
  const { asset } = camera.configuration;
  const { reason, description, clockOffsetMs, newestPicture, health } = camera;
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
  };
}

function shown({ id, camera, ...set }: EvidenceSet, keepMs: number, gateway: Gateway): EvidencePictures {
  const name = gateway.configuration.registry.asset(camera)?.name ?? camera;
  return { ...set, set: id, camera: { asset: camera, name }, keptUntil: set.at + keepMs };
}

async function proofOf(
  cameras: Cameras,
  access: Parameters<typeof prove>[0],
  signal: AbortSignal,
): Promise<CameraProof> {
  const proof = await prove(access, signal);
  if (!proof.proved) return { ...proof, detail: proof.detail.slice(0, 300) };
  const { description, picture, ...rest } = proof;
  const small =
    'jpeg' in picture
      ? await cameras.smaller(picture.jpeg, PROOF_PICTURE_BYTES).then(
          (jpeg) => ({ picture: Buffer.from(jpeg).toString('base64') }),
          (error: unknown) => ({ noPictureBecause: String(error) }),
        )
      : { noPictureBecause: picture.why };
  return { ...rest, ...description, ...small };
}
