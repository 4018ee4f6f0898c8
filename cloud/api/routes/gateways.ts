import QRCode from 'qrcode';
import { z } from 'zod';
import { MAX_BUNDLE_BYTES } from '../../../devices/enrolment.ts';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import type { StagedBundle } from '../../authority/bundles.ts';
import { DEFAULT_CODE_MS, MAX_CODE_MS, MIN_CODE_MS } from '../../authority/codes.ts';
import { EnrolmentProblem } from '../../authority/enrolment.ts';
import { DocumentChanged } from '../../store/store.ts';
import { addressOf } from '../client.ts';
import type { GatewayList, GatewayRow, NewGatewayCode } from '../contract/gateways.ts';
import type { ApiParts } from '../parts.ts';
import { notThere, Problem } from '../problem.ts';
import { mayDo } from '../rights.ts';
import { type Asked, type Caller, type Route, route } from '../route.ts';

const base = '/api/gateways';
const gatewayId = z.strictObject({ id: identifier });
const list = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });
const answer = { schema: list, title: 'The gateways' } as const;
/** A clock that is off by less is nobody's concern. */
const CLOCK_OFF_MS = 60_000;

const codeRequest = z.strictObject({
  gateway: identifier,
  site: identifier,
  lifetimeMs: z.number().int().min(MIN_CODE_MS).max(MAX_CODE_MS).default(DEFAULT_CODE_MS),
});
const note = plainText.max(300).default('');
const bundleRequest = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('configuration'),
      note,
      configuration: z.string().min(1).max(MAX_BUNDLE_BYTES).optional(),
      registry: z.string().min(1).max(MAX_BUNDLE_BYTES).optional(),
    })
    .refine(
      (one) => one.configuration !== undefined || one.registry !== undefined,
      'needs a configuration, a registry, or both',
    ),
  z.strictObject({
    kind: z.literal('update'),
    note,
    version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, 'expected 1.2.3'),
    artefact: z.url({ protocol: /^https$/ }).max(1_024),
    bytes: z
      .number()
      .int()
      .min(1)
      .max(1024 ** 3),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);

/** Gateways that join by code, hold certificates, take signed bundles, and are cut off. */
export function gatewayRoutes(parts: ApiParts): Route[] {
  const { authority, registry, clock, ingest, options } = parts;
  const { roster } = authority;

  /** The one place that says whose gateways these are. */
  const seen = ({ scope }: Caller, site: string): boolean => scope.seesSite(site);
  const siteOf = (id: string, caller: Caller): string => {
    const site = authority.gateways.find((one) => one.id === id)?.site;
    if (site === undefined || !seen(caller, site)) throw notThere('gateway');
    return site;
  };
  const doer = ({ context }: Pick<Asked<never, never, never>, 'context'>, { name }: Caller) => ({
    by: name,
    from: addressOf(context, options),
    at: clock.now(),
  });
  const known = <Value>(value: Value | undefined, code: string): Value => {
    if (value === undefined) throw new Problem(409, code, 'This cloud has no authority configured.');
    return value;
  };

  const rowOf = (id: string, site: string, codes: ReturnType<typeof openCodes>): GatewayRow => {
    const entry = roster.get(id);
    const code = codes.get(id);
    const [certificate] = entry?.certificates ?? [];
    const contact = entry?.contact;
    const newest = authority.bundles?.newest(id)?.statement;
    const lastSeenAt = Math.max(ingest.lastSeenAt(id) ?? 0, contact?.heardAt ?? 0);
    const clockOffMs = contact === undefined ? 0 : contact.at - contact.heardAt;
    return {
      id,
      site,
      siteName: registry.site(site)?.name ?? site,
      state: entry?.state ?? 'token',
      connected: ingest.isConnected(id),
      ...(lastSeenAt === 0 ? {} : { lastSeenAt }),
      ...(entry === undefined || entry.enrolledBy === ''
        ? {}
        : { enrolledAt: entry.enrolledAt, enrolledBy: entry.enrolledBy }),
      ...(certificate === undefined
        ? {}
        : { certificate: { notBefore: certificate.notBefore, notAfter: certificate.notAfter } }),
      ...(code === undefined ? {} : { code: { expiresAt: code.expiresAt, createdBy: code.createdBy } }),
      ...(contact === undefined ? {} : { version: contact.version, sealing: contact.sealing }),
      ...(Math.abs(clockOffMs) > CLOCK_OFF_MS ? { clockOffMs } : {}),
      secrets: contact?.secrets ?? [],
      ...(newest === undefined
        ? {}
        : {
            bundle: {
              counter: newest.counter,
              kind: newest.kind,
              issuedAt: newest.issuedAt,
              by: newest.by,
              note: newest.note,
              state: contact?.bundle.counter === newest.counter ? contact.bundle.state : ('waiting' as const),
              detail: contact?.bundle.counter === newest.counter ? contact.bundle.detail : '',
            },
          }),
      ...(entry?.ended === undefined ? {} : { ended: entry.ended }),
    };
  };
  const openCodes = () => new Map((authority.enrolment?.open() ?? []).map((code) => [code.gateway, code]));
  const listFor = (caller: Caller): GatewayList => {
    const there = authority.gateways.filter(({ site }) => seen(caller, site));
    const names = new Set(authority.gateways.map(({ id }) => id));
    const codes = openCodes();
    const invited = [...codes.values()].filter(
      ({ gateway, site }) => !names.has(gateway) && seen(caller, site),
    );
    return {
      items: [
        ...there.map(({ id, site }) => rowOf(id, site, codes)),
        ...invited.map(({ gateway, site }) => ({
          ...rowOf(gateway, site, codes),
          state: 'invited' as const,
        })),
      ].sort((one, other) => one.siteName.localeCompare(other.siteName) || one.id.localeCompare(other.id)),
      sites: registry.document.sites
        .filter(({ id }) => seen(caller, id))
        .map(({ id, name }) => ({ id, name })),
      ...(authority.fingerprint === undefined ? {} : { fingerprint: authority.fingerprint }),
      may: {
        enrol: authority.enrolment !== undefined && mayDo(caller.role, 'gateways.enrol'),
        configure: authority.bundles !== undefined && mayDo(caller.role, 'gateways.configure'),
        revoke: mayDo(caller.role, 'gateways.revoke'),
      },
    };
  };

  return [
    route({
      method: 'get',
      path: base,
      title: 'Gateways: certificate, version, last contact, what is signed for them',
      needs: 'gateways.read',
      answer,
      handle: ({ context }, caller) => context.json(listFor(caller)),
    }),
    route({
      method: 'post',
      path: `${base}/codes`,
      title: 'Make a code for a gateway that is to join; it is shown once',
      needs: 'gateways.enrol',
      fresh: true,
      body: codeRequest,
      answer: { schema: z.looseObject({ text: z.string(), expiresAt: z.number() }), title: 'The code' },
      async handle(asked, caller) {
        const enrolment = known(authority.enrolment, 'no-authority');
        if (!seen(caller, asked.body.site)) throw notThere('site');
        try {
          const { text, expiresAt } = await enrolment.newCode(asked.body, doer(asked, caller));
          const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
          const made: NewGatewayCode = {
            text,
            expiresAt,
            square: { size: modules.size, modules: [...modules.data].map((dark) => (dark ? 1 : 0)).join('') },
          };
          return asked.context.json(made);
        } catch (error) {
          if (error instanceof EnrolmentProblem) throw new Problem(409, error.code, error.message);
          throw error;
        }
      },
    }),
    route({
      method: 'delete',
      path: `${base}/:id/code`,
      title: 'Withdraw the open code of a gateway',
      needs: 'gateways.enrol',
      params: gatewayId,
      answer,
      async handle(asked, caller) {
        const enrolment = known(authority.enrolment, 'no-authority');
        const { id } = asked.params;
        const open = openCodes().get(id);
        if (open === undefined || !seen(caller, open.site)) throw notThere('code');
        await enrolment.withdraw(id, doer(asked, caller));
        return asked.context.json(listFor(caller));
      },
    }),
    route({
      method: 'post',
      path: `${base}/:id/revoke`,
      title: 'Cut a gateway off at once: stolen, or given away',
      needs: 'gateways.revoke',
      params: gatewayId,
      body: z.strictObject({ reason: plainText.trim().min(3).max(300) }),
      answer,
      async handle(asked, caller) {
        const { id } = asked.params;
        siteOf(id, caller);
        const by = doer(asked, caller);
        await roster.end(
          id,
          'revoked',
          { at: by.at, by: by.by, reason: asked.body.reason },
          { ...by, action: 'gateway-revoked', about: `${id}: ${asked.body.reason}` },
        );
        return asked.context.json(listFor(caller));
      },
    }),
    route({
      method: 'post',
      path: `${base}/:id/bundle`,
      title: 'Sign a configuration or an update for a gateway',
      needs: 'gateways.configure',
      fresh: true,
      params: gatewayId,
      body: bundleRequest,
      maxBytes: 2 * MAX_BUNDLE_BYTES,
      answer,
      async handle(asked, caller) {
        const bundles = known(authority.bundles, 'no-authority');
        const { id } = asked.params;
        siteOf(id, caller);
        if (roster.isCutOff(id)) throw new Problem(409, 'cut-off', 'This gateway is cut off.');
        try {
          const staged: StagedBundle = asked.body;
          await bundles.stage(id, staged, doer(asked, caller));
        } catch (error) {
          if (error instanceof RangeError) throw new Problem(413, 'too-large', error.message);
          if (error instanceof DocumentChanged) throw new Problem(409, 'changed', error.message);
          throw error;
        }
        return asked.context.json(listFor(caller));
      },
    }),
  ];
}
