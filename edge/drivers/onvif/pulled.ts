import { z } from 'zod';
import type { OnvifNotice } from '../../../devices/onvif/topics.ts';

/** SimpleItems of one notice; a maker's own may bring dozens. */
const MAX_ITEMS = 64;
/** Notices of one answer, whatever was asked for. */
export const MAX_NOTICES = 512;

const simpleItem = z.object({ $: z.object({ Name: z.string(), Value: z.unknown() }) });
const items = z
  .object({
    simpleItem: z
      .union([simpleItem.transform((one) => [one]), z.array(simpleItem).max(MAX_ITEMS)])
      .optional(),
  })
  .transform(({ simpleItem: list }) => Object.fromEntries((list ?? []).map(({ $ }) => [$.Name, $.Value])))
  // An empty element is read as text.
  .catch({});
const noticeShape = z.object({
  topic: z.union([z.string(), z.object({ _: z.string() }).transform(({ _ }) => _)]),
  message: z.object({
    message: z.object({
      $: z.object({ PropertyOperation: z.string().optional() }).optional(),
      source: items.optional(),
      data: items.optional(),
    }),
  }),
});
const time = z.coerce
  .date()
  .transform((date) => date.getTime())
  .optional()
  .catch(undefined);
const pullShape = z.object({
  notificationMessage: z.unknown().optional(),
  currentTime: time,
  terminationTime: time,
});

/** What one pull brought. */
export interface Pulled {
  notices: OnvifNotice[];
  /** Notices that could not be read; they are left out. */
  unreadable: number;
  /** How long the subscription still lasts by the camera's own two times, ms; absent where one of them is no time. */
  remainingMs?: number;
}

/** Reads the library's view of a PullMessagesResponse. Never throws: what can't be read is counted. */
export function readPulled(value: unknown): Pulled {
  const parsed = pullShape.safeParse(value);
  if (!parsed.success) return { notices: [], unreadable: 1 };
  const { notificationMessage: raw, ...times } = parsed.data;
  const messages = raw === undefined ? [] : Array.isArray(raw) ? raw : [raw];
  const notices = messages.slice(0, MAX_NOTICES).flatMap((message): OnvifNotice[] => {
    const notice = noticeShape.safeParse(message);
    if (!notice.success) return [];
    const { $, source, data } = notice.data.message.message;
    return [{ topic: notice.data.topic, operation: $?.PropertyOperation, source, data: data ?? {} }];
  });
  const remainingMs = remainingIn(times);
  return {
    notices,
    unreadable: messages.length - notices.length,
    ...(remainingMs === undefined ? {} : { remainingMs }),
  };
}

/** Both times are the camera's, so that its wrong clock does not matter (ONVIF Core, section 9.1.2). */
export function remainingIn(value: { currentTime?: unknown; terminationTime?: unknown }): number | undefined {
  const parsed = z.object({ currentTime: time, terminationTime: time }).safeParse(value).data;
  if (parsed?.currentTime === undefined || parsed.terminationTime === undefined) return undefined;
  return parsed.terminationTime - parsed.currentTime;
}
