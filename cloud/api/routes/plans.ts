import { z } from 'zod';
import { identifier } from '../../../devices/model/identifiers.ts';
import { imageId, planFloors } from '../../plans/plan.ts';
import { imageType, MAX_IMAGE_BYTES } from '../../plans/plan-book.ts';
import { addressOf } from '../client.ts';
import type { PlanImageTaken, SitePlan } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Caller, type Route, route } from '../route.ts';

/** A plan's JSON: twenty floors of hundreds of zones. */
const MAX_PLAN_BYTES = 2 * 1024 * 1024;
/** An image in base64, and what is around it. */
const MAX_UPLOAD_BYTES = Math.ceil((MAX_IMAGE_BYTES * 4) / 3) + 1_024;

const sitePlan: z.ZodType<SitePlan> = z.strictObject({
  site: z.string(),
  revision: z.number(),
  floors: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      width: z.number(),
      height: z.number(),
      image: z.exactOptional(z.strictObject({ id: z.string(), opacity: z.number() })),
      zones: z.array(
        z.strictObject({
          zone: z.string(),
          outline: z.array(z.strictObject({ x: z.number(), y: z.number() })),
        }),
      ),
      assets: z.array(
        z.strictObject({
          asset: z.string(),
          x: z.number(),
          y: z.number(),
          angle: z.exactOptional(z.number()),
        }),
      ),
    }),
  ),
  by: z.exactOptional(z.string()),
  at: z.exactOptional(z.number()),
  zones: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  assets: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.string(),
      zone: z.exactOptional(z.string()),
    }),
  ),
  isEditable: z.boolean(),
});

const planImageTaken: z.ZodType<PlanImageTaken> = z.strictObject({
  id: z.string(),
  width: z.number(),
  height: z.number(),
  dropped: z.array(z.string()),
});

const ofSite = z.strictObject({ site: identifier });

/** Floor plans: read by whoever sees the picture, changed by those with the right to. */
export function planRoutes(parts: ApiParts): Route[] {
  const { registry, options } = parts;
  const { plans } = parts.picture;
  /** The one place where it is decided whose plans are seen. */
  const seen = (site: string, { scope }: Caller): string => {
    if (registry.site(site) === undefined || !scope.seesSite(site)) throw notThere('site');
    return site;
  };
  return [
    route({
      method: 'get',
      path: '/api/plans/:site',
      title: "A site's floor plan with its revision, as it is kept or as the registry has it",
      needs: 'picture.read',
      params: ofSite,
      answer: { schema: sitePlan, title: 'The plan' },
      handle: ({ context, params }, caller) =>
        context.json(plans.plan(seen(params.site, caller), mayDo(caller.role, 'plans.edit'))),
    }),
    route({
      method: 'put',
      path: '/api/plans/:site',
      title: "Change a site's floor plan; refused where it no longer stands at the revision that was read",
      needs: 'plans.edit',
      params: ofSite,
      maxBytes: MAX_PLAN_BYTES,
      body: z.strictObject({ revision: z.number().int().min(0), floors: planFloors }),
      answer: { schema: sitePlan, title: 'The plan afterwards' },
      async handle({ context, params, body }, caller) {
        const site = seen(params.site, caller);
        const floors = body.floors.map(({ image, assets, ...floor }) => ({
          ...floor,
          ...(image === undefined ? {} : { image }),
          assets: assets.map(({ asset, x, y, angle }) => ({
            asset,
            x,
            y,
            ...(angle === undefined ? {} : { angle }),
          })),
        }));
        const by = { by: caller.name, from: addressOf(context, options) };
        await plans.put(site, { revision: body.revision, floors }, by);
        return context.json(plans.plan(site, true));
      },
    }),
    route({
      method: 'post',
      path: '/api/plans/:site/images',
      title: 'Import an SVG, PNG or JPEG to lie under the plan; what is not a picture is left out of it',
      needs: 'plans.edit',
      params: ofSite,
      maxBytes: MAX_UPLOAD_BYTES,
      body: z.strictObject({ mediaType: imageType, base64: z.base64().min(4) }),
      answer: { schema: planImageTaken, title: 'What was taken' },
      async handle({ context, params, body }, caller) {
        const by = { by: caller.name, from: addressOf(context, options) };
        return context.json(await plans.takeImage(seen(params.site, caller), body, by));
      },
    }),
    route({
      method: 'get',
      path: '/api/plans/:site/images/:image',
      title: 'An image that lies under a plan',
      needs: 'picture.read',
      params: z.strictObject({ site: identifier, image: imageId }),
      answer: { mediaType: 'image/svg+xml', title: 'The image' },
      handle({ context, params }, caller) {
        const { mediaType, bytes } = plans.image(seen(params.site, caller), params.image);
        return context.body(bytes, 200, {
          'content-type': mediaType,
          // Shown on our pages; never a page of its own.
          'content-disposition': 'attachment',
          'cache-control': 'private, max-age=86400, immutable',
        });
      },
    }),
  ];
}
