import { z } from 'zod';
import { durationMs, identifier } from '../../devices/model/identifiers.ts';
import { fingerprintShape } from '../drivers/onvif/certificate-trust.ts';
import { obscuredReasons } from './picture-watch.ts';

const path = z.string().min(1).max(4_096);

const picture = z.strictObject({
  /** `snapshot`: single JPEGs by HTTP; `rtsp`: the stream, read by ffmpeg; `none`: no pictures are watched or kept. */
  source: z.enum(['snapshot', 'rtsp', 'none']).default('snapshot'),
  /** Where the pictures are; absent: where the camera says. The log-in comes from `username` and `passwordFile`. */
  url: z
    .url({ protocol: /^(https?|rtsps?)$/ })
    .max(2_048)
    .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
      message: 'put the log-in into username and passwordFile',
    })
    .optional(),
  /** Between two snapshots. */
  everyMs: durationMs.min(200).max(60_000).default(2_000),
  /** Reasons for which the picture is not to count as obscured: `dark` for a room without any light at night. */
  ignore: z.array(z.enum(obscuredReasons)).max(obscuredReasons.length).default([]),
});

/** One camera of the site: an ONVIF device, or any source of pictures. */
export const cameraConfiguration = z
  .strictObject({
    asset: identifier,
    /** Of its ONVIF service; absent for a mere source of pictures. */
    host: z.string().min(1).max(253).optional(),
    port: z.number().int().min(0).max(65_535).default(80),
    secure: z.boolean().default(false),
    /** SHA-256 of its certificate (`AB:CD:…`); absent: the first one with which the log-in was good. */
    certificate: z.string().regex(fingerprintShape, 'expected 32 pairs like AB:CD:…').optional(),
    username: z.string().max(128).default(''),
    /** A file that holds the password and nothing else. */
    passwordFile: path.optional(),
    /** `mqtt`: the camera sends its events to the broker itself, and no subscription is made. */
    events: z.enum(['pull', 'mqtt']).default('pull'),
    picture: picture.default(picture.parse({})),
  })
  .superRefine(({ host, username, passwordFile, picture: { source, url } }, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (host === undefined && url === undefined) refuse('host', 'needs host, or a url of its pictures');
    if (host !== undefined && (username === '' || passwordFile === undefined))
      refuse('passwordFile', 'needs username and passwordFile');
    if (url !== undefined && source !== 'none' && /^rtsp/.test(url) !== (source === 'rtsp'))
      refuse('picture', `source "${source}" does not go with ${new URL(url).protocol}//`);
  });
export type CameraConfiguration = z.infer<typeof cameraConfiguration>;

/** Pictures kept for detections, on the gateway's own disk. */
export const evidenceConfiguration = z.strictObject({
  /** Kept for this long; 72 hours are what supervisory authorities usually take for granted. */
  keepMs: durationMs.default(72 * 3_600_000),
  /** Bytes of all pictures together; the oldest go first. */
  maxBytes: z
    .number()
    .int()
    .min(1_048_576)
    .max(1_099_511_627_776)
    .default(512 * 1_048_576),
  /** Real time before and after a detection. */
  beforeMs: durationMs.max(60_000).default(10_000),
  afterMs: durationMs.max(60_000).default(10_000),
});
export type EvidenceConfiguration = z.infer<typeof evidenceConfiguration>;
