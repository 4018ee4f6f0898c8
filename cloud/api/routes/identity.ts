import type { Context } from 'hono';
import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import type { IdentityBridge, Outcome, Verifier } from '../../identity-bridge/bridge.ts';
import { wanted } from '../../identity-bridge/bridge.ts';
import { MAX_TOKEN_LENGTH, Refused } from '../../identity-bridge/credential.ts';
import { documentOf } from '../../identity-bridge/did.ts';
import { issueWish } from '../../identity-bridge/issuer.ts';
import { identityChallenge, identityVerdict, issuedList } from '../answers.ts';
import { addressOf } from '../client.ts';
import type { IdentityVerdict } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { openRoute, type Route, route } from '../route.ts';

const presentation = z.string().min(1).max(MAX_TOKEN_LENGTH);
const served = { type: 'application/vc+jwt', cache: 'public, max-age=60' };

const verdictOf = (outcome: Outcome<unknown>): IdentityVerdict =>
  outcome.accepted
    ? { accepted: true }
    : { accepted: false, reason: outcome.refused.reason, message: outcome.refused.message.slice(0, 512) };

/** Credentials are issued and revoked by administrators, and checked by devices with tokens of their own. */
export function identityRoutes(parts: ApiParts): Route[] {
  const { store, clock, options } = parts;
  const there = (): IdentityBridge => {
    const { identityBridge } = parts;
    if (identityBridge === undefined) throw notThere('identity bridge: it is switched off');
    return identityBridge;
  };
  const asked = (context: Context): { bridge: IdentityBridge; by: Verifier } => {
    const bridge = there();
    const token = /^Bearer (\S{1,512})$/.exec(context.req.header('authorization') ?? '')?.[1];
    const by = token === undefined ? undefined : bridge.verifier(token);
    if (by === undefined) throw new Problem(401, 'token', 'This takes the token of a device that checks.');
    return { bridge, by };
  };
  const noted = (context: Context, by: string, action: string, about: string) =>
    store.audit({ at: clock.now(), by, from: addressOf(context, options), action, about });
  return [
    route({
      method: 'post',
      path: '/api/identity/credentials',
      title: 'Issue a credential',
      needs: 'credentials.issue',
      wholeOnly: true,
      body: issueWish,
      answer: { schema: z.strictObject({ id: z.string(), jwt: z.string() }), title: 'The credential' },
      async handle({ context, body }, { name }) {
        try {
          const made = await there().issuer.issue(body, name, clock.now());
          await noted(context, name, 'credential.issued', `${made.id} ${body.type} ${body.subject}`);
          return context.json(made);
        } catch (error) {
          if (error instanceof Refused) throw new Problem(422, 'claims', error.message, { field: 'claims' });
          if (error instanceof RangeError) throw new Problem(409, 'full', error.message);
          throw error;
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/identity/credentials',
      title: 'What was issued here, newest first',
      needs: 'credentials.issue',
      wholeOnly: true,
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
      answer: { schema: issuedList, title: 'The register' },
      handle({ context, query }) {
        const { issuer } = there();
        const items = issuer.list(query.limit).map(({ index: _index, ...rest }) => rest);
        return context.json({ issuer: issuer.signer.did, items });
      },
    }),
    route({
      method: 'post',
      path: '/api/identity/credentials/revoke',
      title: 'Revoke a credential: for good',
      needs: 'credentials.issue',
      wholeOnly: true,
      status: 204,
      body: z.strictObject({ id: z.string().min(1).max(256), reason: plainText.min(1).max(500) }),
      answer: { title: 'Revoked' },
      async handle({ context, body }, { name }) {
        const { issuer } = there();
        try {
          issuer.revoke(body.id, body.reason, name, clock.now());
        } catch (error) {
          if (error instanceof RangeError) throw notThere('credential');
          throw error;
        }
        await noted(context, name, 'credential.revoked', `${body.id} ${body.reason}`);
        return context.body(null, 204);
      },
    }),
    openRoute({
      method: 'get',
      path: '/api/identity/status/:list',
      title: 'Which credentials were revoked (Bitstring Status List v1.0)',
      params: z.strictObject({ list: z.coerce.number().int().min(0).max(999) }),
      answer: { mediaType: served.type, title: 'A signed credential' },
      async handle({ context, params }) {
        const list = await there().issuer.statusList(params.list, clock.now());
        if (list === undefined) throw notThere('list');
        return context.body(list, 200, { 'content-type': served.type, 'cache-control': served.cache });
      },
    }),
    openRoute({
      method: 'get',
      path: '/.well-known/did.json',
      title: 'The key of this installation, where it issues as a did:web',
      answer: { mediaType: 'application/did+json', title: 'A DID document' },
      handle({ context }) {
        const { signer, raw } = there().issuer;
        if (!signer.did.startsWith('did:web:')) throw notThere('document: this installation is a did:key');
        return context.body(JSON.stringify(documentOf(signer.did, raw)), 200, {
          'content-type': 'application/did+json',
        });
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/identity/challenge',
      title: 'For a device that checks: a nonce, good for one presentation',
      body: z.strictObject({}),
      answer: { schema: identityChallenge, title: 'What the presentation must be bound to' },
      handle({ context }) {
        const { bridge, by } = asked(context);
        return context.json(bridge.challenge(by));
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/identity/verify',
      title: 'For a device that checks: whether a holder has a credential with these claims',
      body: wanted.extend({ presentation }),
      answer: { schema: identityVerdict, title: 'Accepted, or why not' },
      async handle({ context, body }) {
        const { bridge, by } = asked(context);
        const { presentation: jwt, ...wants } = body;
        const verdict = verdictOf(await bridge.verify(jwt, by, wants));
        const outcome = verdict.accepted ? 'accepted' : `refused: ${verdict.reason}`;
        await noted(context, `verifier ${by.name}`, 'credential.verified', `${wants.type} ${outcome}`);
        return context.json(verdict);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/identity/hand-over',
      title: 'For a device that checks: a courier hands a parcel over; refused, it is a detection',
      body: z.strictObject({ presentation, parcel: plainText.min(1).max(128) }),
      answer: { schema: identityVerdict, title: 'Accepted, or why not' },
      async handle({ context, body }) {
        const { bridge, by } = asked(context);
        const outcome = await bridge.handOver(body.presentation, body.parcel, by);
        if (!outcome.accepted) return context.json(verdictOf(outcome));
        const { courier, carrier } = outcome.proved;
        return context.json({ accepted: true, courier, carrier });
      },
    }),
  ];
}
