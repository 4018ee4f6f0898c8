import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { PictureFloor, PlanFloor, PlanImageTaken, SitePlan, SitePlanChange } from '../api/contract.ts';
import { notThere, Problem } from '../api/problem.ts';
import { type AuditEntry, DocumentChanged, type DocumentWrite, type Store } from '../store/store.ts';
import { complaintOf, floorsOfRegistry, type KeptPlan, keptPlan } from './plan.ts';
import { ImageProblem, type TakenImage, takeJpeg, takePng } from './raster.ts';
import { takeSvg } from './svg.ts';

const PLAN = 'floor-plan';
const IMAGE = 'floor-plan-image';

/** One image as it comes. */
export const MAX_IMAGE_BYTES = 3 * 1024 * 1024;
/** Images of one site, those of drafts among them. */
export const MAX_IMAGES_PER_SITE = 40;

export const imageTypes = ['image/svg+xml', 'image/png', 'image/jpeg'] as const;
export const imageType = z.enum(imageTypes);
type ImageType = z.infer<typeof imageType>;

const keptImage = z.strictObject({
  site: z.string(),
  mediaType: imageType,
  base64: z.string(),
  width: z.number(),
  height: z.number(),
  at: z.number(),
});

const take: Record<ImageType, (bytes: Uint8Array) => TakenImage> = {
  'image/svg+xml': takeSvg,
  'image/png': takePng,
  'image/jpeg': takeJpeg,
};

/** What an audit entry says beside what was done. */
export type By = Pick<AuditEntry, 'by' | 'from'>;

/** Floor plans that people have drawn: in memory for the picture, in the store for good. */
export class PlanBook {
  readonly #parts: {
    store: Pick<Store, 'document' | 'documents' | 'putDocuments'>;
    registry: Registry;
    clock: Clock;
  };
  readonly #plans = new Map<string, { revision: number; plan: KeptPlan }>();
  /** Images by id, without their bytes. */
  readonly #images = new Map<string, { site: string; at: number }>();

  /** @param onTrouble told of a plan that can't be read: the registry's is shown in its place */
  constructor(
    parts: {
      store: Pick<Store, 'document' | 'documents' | 'putDocuments'>;
      registry: Registry;
      clock: Clock;
    },
    onTrouble: (message: string) => void,
  ) {
    this.#parts = parts;
    for (const { id, revision, value } of parts.store.documents(PLAN)) {
      const read = keptPlan.safeParse(value);
      if (read.success) this.#plans.set(id, { revision, plan: read.data });
      else onTrouble(`the floor plan of ${id} can't be read: ${read.error.issues[0]?.message ?? ''}`);
    }
    for (const { id, value } of parts.store.documents(IMAGE)) {
      const read = keptImage.safeParse(value);
      if (read.success) this.#images.set(id, { site: read.data.site, at: read.data.at });
      else onTrouble(`the image ${id} of a floor plan can't be read`);
    }
  }

  /** A site's floors where somebody drew them. What the registry no longer has is left out. */
  floorsOf(site: string): PlanFloor[] | undefined {
    const { registry } = this.#parts;
    return this.#plans.get(site)?.plan.floors.map(({ id, name, width, height, image, zones, assets }) => ({
      id,
      name,
      width,
      height,
      ...(image === undefined ? {} : { image }),
      zones: zones.filter(({ zone }) => registry.zone(zone)?.site === site),
      assets: assets
        .filter(({ asset }) => registry.asset(asset)?.site === site)
        .map(({ asset, x, y, angle }) => ({ asset, x, y, ...(angle === undefined ? {} : { angle }) })),
    }));
  }

  plan(site: string, isEditable: boolean): SitePlan {
    const { registry } = this.#parts;
    const kept = this.#plans.get(site);
    return {
      site,
      revision: kept?.revision ?? 0,
      floors: this.floorsOf(site) ?? floorsOfRegistry(site, registry),
      ...(kept === undefined ? {} : { by: kept.plan.by, at: kept.plan.at }),
      zones: registry.zonesOf(site).map(({ id, name }) => ({ id, name })),
      assets: registry
        .assetsOf(site)
        .map(({ id, name, kind, zone }) => ({ id, name, kind, ...(zone === undefined ? {} : { zone }) })),
      isEditable,
    };
  }

  /**
   * Keeps a changed plan, with a line of the audit trail; images that nothing shows any more go with the same commit.
   * @throws Problem 409 `changed` when it was changed since it was read, 422 when it does not fit the site
   */
  async put(site: string, { revision, floors }: SitePlanChange, { by, from }: By): Promise<void> {
    const { store, registry, clock } = this.#parts;
    const complaint = complaintOf(floors, site, registry);
    if (complaint !== undefined)
      throw new Problem(422, 'not-fitting', complaint.message, { field: complaint.field });
    const shown = new Set(floors.flatMap(({ image }) => image?.id ?? []));
    for (const id of shown)
      if (this.#images.get(id)?.site !== site)
        throw new Problem(422, 'not-fitting', 'an image of this plan is not there: import it again');
    const at = clock.now();
    const plan = keptPlan.parse({ by, at, floors });
    // Somebody may be drawing on with an image that was just imported.
    const gone = [...this.#images].filter(
      ([id, image]) => image.site === site && !shown.has(id) && at - image.at > DRAFT_MS,
    );
    const writes: DocumentWrite[] = [
      { kind: PLAN, id: site, value: plan, expected: revision },
      ...gone.map(([id]) => ({ kind: IMAGE, id, value: undefined })),
    ];
    const audit = { at, by, from, action: 'plan.changed', about: `${site} revision ${revision + 1}` };
    try {
      await store.putDocuments(writes, audit);
    } catch (error) {
      if (!(error instanceof DocumentChanged)) throw error;
      this.#reread(site);
      const who = this.#plans.get(site)?.plan.by ?? 'somebody';
      throw new Problem(409, 'changed', `${who} has changed this plan since you opened it.`);
    }
    this.#plans.set(site, { revision: revision + 1, plan });
    for (const [id] of gone) this.#images.delete(id);
  }

  /**
   * Takes an image for a site's plan, made safe.
   * @throws Problem 422 with what is wrong with it
   */
  async takeImage(
    site: string,
    { mediaType, base64 }: { mediaType: ImageType; base64: string },
    { by, from }: By,
  ): Promise<PlanImageTaken> {
    const { store, clock } = this.#parts;
    const raw = Buffer.from(base64, 'base64');
    if (raw.length > MAX_IMAGE_BYTES)
      throw new Problem(413, 'too-large', 'An image may be 3 MB large at most.');
    let taken: TakenImage;
    try {
      taken = take[mediaType](raw);
    } catch (error) {
      if (error instanceof ImageProblem)
        throw new Problem(422, 'bad-image', `It was not taken: ${error.message}.`);
      throw error;
    }
    const { bytes, width, height, dropped } = taken;
    const id = createHash('sha256').update(site).update('\0').update(bytes).digest('hex').slice(0, 32);
    const inUse = new Set(this.#plans.get(site)?.plan.floors.flatMap(({ image }) => image?.id ?? []));
    const others = [...this.#images].filter(([one, image]) => image.site === site && one !== id);
    const at = clock.now();
    const writes: DocumentWrite[] = [
      {
        kind: IMAGE,
        id,
        value: { site, mediaType, base64: Buffer.from(bytes).toString('base64'), width, height, at },
      },
    ];
    if (others.length >= MAX_IMAGES_PER_SITE) {
      const oldest = others.filter(([one]) => !inUse.has(one)).sort(([, a], [, b]) => a.at - b.at)[0];
      if (oldest === undefined) throw new Problem(422, 'too-many', 'This plan has too many images.');
      writes.push({ kind: IMAGE, id: oldest[0], value: undefined });
      this.#images.delete(oldest[0]);
    }
    await store.putDocuments(writes, { at, by, from, action: 'plan.image-imported', about: `${site} ${id}` });
    this.#images.set(id, { site, at });
    return { id, width, height, dropped };
  }

  /** @throws Problem 404 */
  image(site: string, id: string): { mediaType: ImageType; bytes: Uint8Array<ArrayBuffer> } {
    const read =
      this.#images.get(id)?.site === site
        ? keptImage.safeParse(this.#parts.store.document(IMAGE, id)?.value)
        : undefined;
    if (read?.success !== true) throw notThere('image');
    return {
      mediaType: read.data.mediaType,
      bytes: Uint8Array.from(Buffer.from(read.data.base64, 'base64')),
    };
  }

  #reread(site: string): void {
    const found = this.#parts.store.document(PLAN, site);
    const read = keptPlan.safeParse(found?.value);
    if (found !== undefined && read.success)
      this.#plans.set(site, { revision: found.revision, plan: read.data });
  }
}

/** An image that was imported and not shown yet is kept for so long. */
const DRAFT_MS = 24 * 3_600_000;

/** Where an image of a plan is fetched. */
export const imageAddress = (site: string, id: string): string =>
  `api/plans/${encodeURIComponent(site)}/images/${id}`;

/** A floor as the picture shows it. Pure. */
export const pictureFloor = (site: string, { id, name, width, height, image }: PlanFloor): PictureFloor => ({
  id,
  name,
  width,
  height,
  ...(image === undefined
    ? {}
    : { image: { address: imageAddress(site, image.id), opacity: image.opacity } }),
});
