/** What gateways ask of the authority, over the door where both sides prove who they are (devices/enrolment.ts). */
import { verify, type X509Certificate } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import {
  type ContactAnswer,
  certificateRequest,
  contactRequest,
  farewell,
  farewellStatement,
  renewalRequest,
} from '../../devices/enrolment.ts';
import type { Clock } from '../../devices/model/clock.ts';
import type { Authority } from './authority.ts';
import type { Bundles } from './bundles.ts';
import { type Enrolment, EnrolmentProblem } from './enrolment.ts';
import type { Roster } from './roster.ts';

/** The longest request: a contact that names every secret. */
const MAX_BODY_BYTES = 48 * 1024;

export interface DoorParts {
  authority: Authority;
  roster: Roster;
  enrolment: Enrolment;
  bundles: Bundles;
  /** The site's time, for the audit trail. */
  clock: Clock;
  /** Real time. */
  now(): number;
  certificateOf(context: Context): X509Certificate | undefined;
  addressOf(context: Context): string;
  onTrouble(message: string): void;
}

const refused = (
  context: Context,
  status: 400 | 401 | 403 | 404 | 413 | 429,
  code: string,
  message: string,
) => context.json({ error: { code, message } }, status);

export function doorRoutes(parts: DoorParts): Hono {
  const { authority, roster, enrolment, bundles, clock, now, certificateOf, addressOf } = parts;
  const app = new Hono();
  app.onError((error, context) => {
    if (error instanceof BadBody) return refused(context, error.status, 'malformed', error.message);
    if (error instanceof EnrolmentProblem) {
      const status = error.code === 'shut' ? 429 : error.code === 'request' ? 400 : 403;
      return refused(context, status, error.code, error.message);
    }
    parts.onTrouble(error.message);
    return context.json({ error: { code: 'failed', message: 'Something went wrong. Try again.' } }, 500);
  });

  app.post('/enrol/v1/certificate', async (context) => {
    const from = addressOf(context);
    const { secret, signingRequest } = await bodyOf(context, certificateRequest);
    const request = Buffer.from(signingRequest, 'base64');
    return context.json(await enrolment.join(Buffer.from(secret, 'base64url'), request, from, clock.now()));
  });

  app.post('/enrol/v1/renew', async (context) => {
    const { signingRequest } = await bodyOf(context, renewalRequest);
    // Looked at after the body has come: between this and what follows nobody can be cut off.
    const found = roster.identify(certificateOf(context));
    if (found === undefined) return unknown(context);
    const request = Buffer.from(signingRequest, 'base64');
    return context.json(await enrolment.renew(found, request, addressOf(context), clock.now()));
  });

  app.post('/enrol/v1/contact', async (context) => {
    const said = await bodyOf(context, contactRequest);
    const found = roster.identify(certificateOf(context));
    if (found === undefined) return unknown(context);
    const { id } = found.entry;
    await roster.heard(id, { ...said, heardAt: clock.now() });
    const answer: ContactAnswer = {
      at: now(),
      bundle: bundles.counterOf(id),
      signers: authority.signers,
      renew: found.isExpired,
    };
    return context.json(answer);
  });

  app.get('/enrol/v1/bundle', (context) => {
    const found = roster.identify(certificateOf(context));
    if (found === undefined || found.isExpired) return unknown(context);
    const newest = bundles.newest(found.entry.id);
    return newest === undefined
      ? refused(context, 404, 'not-found', 'There is no bundle.')
      : context.json(newest.bundle);
  });

  app.post('/enrol/v1/farewell', async (context) => {
    const said = await bodyOf(context, farewell);
    const certificate = certificateOf(context);
    const found = roster.identify(certificate);
    if (found === undefined || certificate === undefined || said.gateway !== found.entry.id)
      return unknown(context);
    const signature = Buffer.from(said.signature, 'base64');
    if (!verify('sha256', Buffer.from(farewellStatement(said)), certificate.publicKey, signature))
      return refused(context, 403, 'signature', 'The last word is not signed with the certificate.');
    const { id } = found.entry;
    await roster.end(
      id,
      'reset',
      { at: clock.now(), by: id, reason: said.reason },
      { at: clock.now(), by: id, from: addressOf(context), action: 'gateway-reset', about: said.reason },
    );
    return context.json({ ended: true });
  });

  return app;
}

const unknown = (context: Context) =>
  refused(context, 401, 'unknown', 'This certificate is of no gateway here, has ended, or was revoked.');

class BadBody extends Error {
  readonly status: 400 | 413;
  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

async function bodyOf<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BadBody(413, `at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadBody(400, 'the body is not JSON');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BadBody(400, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`);
}
