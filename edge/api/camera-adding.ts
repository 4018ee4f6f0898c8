/** The routes by which an installer adds a camera: look for it, prove its log-in, put it to use, take it out again. */
import { networkInterfaces } from 'node:os';
import { basename } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Cameras } from '../cameras/cameras.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from '../config.ts';
import { CertificateTrust, fingerprintShape } from '../drivers/onvif/certificate-trust.ts';
import { discover, interfacesHere, MAX_INTERFACES, prove } from '../drivers/onvif/onboarding.ts';
import type { CameraRoutes } from './camera-routes.ts';
import { statusOf } from './camera-status.ts';
import type { CameraPlaces, CameraProof, CameraStatus, DiscoveredCameras } from './contract.ts';
import { Refused, readBody } from './problem.ts';
import { addCameraAsset, isRegistryOpen } from './registry-adding.ts';

/** A picture that shows that a log-in works need not be large. */
const PROOF_PICTURE_BYTES = 64 * 1024;
/** Looking for cameras and trying log-ins, at once: it is one installer, and no tool to try passwords with. */
const MAX_TRIALS = 2;

type Env = { Bindings: HttpBindings };

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
const fingerprint = z.string().regex(fingerprintShape, 'expected 32 pairs like AB:CD:…');
/** One of the registry's, or a new one. */
const placeRequest = {
  asset: identifier.optional(),
  newAsset: z.strictObject({ name: plainText.min(1).max(64), zone: identifier.optional() }).optional(),
};
const addRequest = proveRequest.extend({
  ...placeRequest,
  certificate: fingerprint.optional(),
  events: z.enum(['pull', 'mqtt']).default('pull'),
  picture: z.enum(['snapshot', 'rtsp', 'none']).default('snapshot'),
});
const certificateRequest = z.strictObject({ certificate: fingerprint });

export function cameraAdding({ cameras, gateway, registry, signedIn, changer }: CameraRoutes): Hono<Env> {
  const app = new Hono<Env>();
  let trials = 0;

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
  app.get('/api/cameras/places', (context) => {
    signedIn(context);
    const { configuration } = gateway;
    const zones = configuration.registry.zonesOf(configuration.gateway.site);
    const answer: CameraPlaces = {
      interfaces: interfacesHere()
        .map((name) => ({ name, ...addressesOf(name) }))
        .sort((a, b) => Number(a.isInternal) - Number(b.isInternal)),
      zones: zones.map(({ id, name }) => ({ id, name })),
      isRegistryOpen: isRegistryOpen(configuration),
      registryFile: basename(configuration.registryFile),
    };
    return context.json(answer);
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

  app.post('/api/cameras', async (context) => {
    const { by } = changer(context);
    const {
      asset: named,
      newAsset,
      password,
      port,
      certificate,
      events,
      picture,
      ...wanted
    } = await readBody(context, addRequest);
    const { configuration } = gateway;
    const known = named === undefined ? undefined : registry.asset(named);
    if (named === undefined ? newAsset === undefined : newAsset !== undefined)
      throw new Refused(400, 'invalid', 'asset: name one of the registry’s, or a new one', {
        field: 'asset',
      });
    if (named !== undefined && (known?.site !== configuration.gateway.site || known.kind !== 'camera'))
      throw new Refused(400, 'invalid', `There is no camera "${named}" at this site.`, { field: 'asset' });
    if (named !== undefined && cameras.of(named) !== undefined)
      throw new Refused(409, 'taken', `${known?.name} has a camera. Remove that one first.`);
    if (newAsset !== undefined && !isRegistryOpen(configuration))
      throw new Refused(
        409,
        'registry-closed',
        'The list of what is here can’t be changed from this gateway.',
      );
    const access = { ...wanted, password, port: port ?? (wanted.secure ? 443 : 80) };
    const trust = new CertificateTrust(certificate);
    const proof = await trial(() => prove({ ...access, trust }, context.req.raw.signal));
    const note = (facts: Record<string, string | boolean>) =>
      gateway.note('configuration.changed', { asset: named ?? '', host: access.host, ...facts }, by);
    if (!proof.proved) {
      await note({ change: 'camera tried', proved: false });
      throw new Refused(409, 'not-proved', whyNot[proof.why]);
    }
    const { serial } = proof.description;
    const same = serial === '' ? undefined : cameras.withSerial(serial);
    if (same !== undefined) {
      const name = registry.asset(same)?.name ?? same;
      throw new Refused(409, 'taken', `The camera with the serial number ${serial} is ${name} already.`);
    }
    const { username, host, secure } = wanted;
    // Only now: what could not be proved is entered nowhere.
    const asset = newAsset === undefined ? named : await addCameraAsset(configuration, registry, newAsset);
    if (asset === undefined) throw new TypeError('there is neither an asset nor a new one');
    // The rules watch what the registry has; what the file says of them by now is taken with it.
    if (newAsset !== undefined) gateway.replaceRules(rulesNow(configuration));
    const held = proof.description.certificate;
    const camera = cameras.add(
      {
        ...{ asset, host, port: access.port, secure, username, events },
        ...(held === undefined ? {} : { certificate: held }),
        picture: { source: picture },
      },
      password,
    );
    await note({
      asset,
      change: 'camera added',
      serial,
      ...(held === undefined ? {} : { certificate: held }),
    });
    return context.json(statusOf(camera, cameras, gateway) satisfies CameraStatus, 201);
  });

  app.delete('/api/cameras/:asset', async (context) => {
    const { by } = changer(context);
    const asset = context.req.param('asset');
    if (cameras.of(asset) === undefined)
      throw new Refused(404, 'no-such-camera', 'There is no such camera at this site.');
    if (!cameras.remove(asset))
      throw new Refused(
        409,
        'in-file',
        'This camera stands in the configuration’s file and is removed there.',
      );
    await gateway.note('configuration.changed', { change: 'camera removed', asset }, by);
    return context.body(null, 204);
  });

  app.post('/api/cameras/:asset/certificate', async (context) => {
    const { by } = changer(context);
    const { certificate } = await readBody(context, certificateRequest);
    const asset = context.req.param('asset');
    const camera = cameras.of(asset);
    if (camera === undefined)
      throw new Refused(404, 'no-such-camera', 'There is no such camera at this site.');
    if (cameras.addedAt(asset) === undefined && camera.configuration.certificate !== undefined)
      throw new Refused(
        409,
        'in-file',
        'Its certificate stands in the configuration’s file and is changed there.',
      );
    // Only what was shown to the person is accepted: it may have changed once more.
    if (camera.trust.other !== certificate)
      throw new Refused(409, 'not-shown', 'The camera does not show this certificate.');
    cameras.acceptCertificate(asset, certificate);
    await gateway.note('configuration.changed', { change: 'certificate accepted', asset, certificate }, by);
    return context.json(statusOf(camera, cameras, gateway) satisfies CameraStatus);
  });

  return app;
}

function rulesNow(configuration: GatewayConfiguration): GatewayConfiguration['rules'] {
  try {
    return readGatewayConfiguration(configuration.file).rules;
  } catch {
    return configuration.rules;
  }
}

function addressesOf(name: string): { addresses: string[]; isInternal: boolean } {
  const own = (networkInterfaces()[name] ?? []).filter(({ family }) => family === 'IPv4');
  return { addresses: own.map(({ address }) => address), isInternal: own.every(({ internal }) => internal) };
}

const whyNot = {
  refused: 'The camera does not take this log-in.',
  unreachable: 'Nothing answers there as a camera does.',
  'other-certificate': 'The camera shows another certificate than the one that was to be trusted.',
} as const;

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
