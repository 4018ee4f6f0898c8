/** Sign-in at an identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636). */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as client from 'openid-client';
import type { Role } from '../store/store.ts';
import type { AccountScope } from './account-scope.ts';
import { Challenges } from './factors/challenges.ts';
import type { OpenIdProvider } from './settings.ts';

/** Discovery is done again after so long, in real time: keys and addresses of a provider change. */
const DISCOVERED_FOR_MS = 3_600_000;

interface Pending {
  provider: string;
  verifier: string;
  nonce: string;
  state: string;
  redirect: string;
}

/** What a provider has said of somebody. */
export interface Vouched {
  provider: string;
  subject: string;
  /** For a new account's name. */
  name: string | undefined;
  displayName: string | undefined;
  email: string | undefined;
  isStrong: boolean;
  given: { role: Role; scope: AccountScope } | undefined;
}

/** Fit for the log; a person is told that it did not work. */
export class NotVouched extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotVouched';
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Values of `amr` (RFC 8176, 2) that say that there was more than a password. */
const strongMethods: ReadonlySet<unknown> = new Set([
  'mfa',
  'otp',
  'hwk',
  'swk',
  'sc',
  'fpt',
  'face',
  'iris',
]);

/** Role and scope of somebody by their claims; undefined where no mapping fits. Pure. */
export function givenBy(
  { roles }: Pick<OpenIdProvider, 'roles'>,
  claims: Readonly<Record<string, unknown>>,
): Vouched['given'] {
  const found = roles.find(({ claim, has }) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return value === has || (Array.isArray(value) && value.includes(has));
  });
  return found === undefined ? undefined : { role: found.role, scope: found.scope };
}

export class OpenIdConnect {
  readonly #providers: ReadonlyMap<string, OpenIdProvider>;
  readonly #resolve: (path: string) => string;
  readonly #elapsedMs: () => number;
  readonly #pending: Challenges<Pending>;
  readonly #discovered = new Map<string, { at: number; found: Promise<client.Configuration> }>();

  constructor(
    providers: readonly OpenIdProvider[],
    { resolve, elapsedMs }: { resolve(path: string): string; elapsedMs(): number },
  ) {
    this.#providers = new Map(providers.map((one) => [one.id, one]));
    this.#resolve = resolve;
    this.#elapsedMs = elapsedMs;
    this.#pending = new Challenges(elapsedMs);
  }

  get buttons(): { id: string; title: string }[] {
    return [...this.#providers.values()].map(({ id, title }) => ({ id, title }));
  }

  has(id: string): boolean {
    return this.#providers.has(id);
  }

  /**
   * Where to send the browser, and what its cookie must hold when it comes back.
   * @throws Error when the provider can't be reached
   * @throws TooMany
   */
  async begin(id: string, redirect: string, from: string): Promise<{ url: string; cookie: string }> {
    const provider = this.#provider(id);
    const configuration = await this.#configurationOf(provider);
    const verifier = client.randomPKCECodeVerifier();
    const [nonce, state] = [client.randomNonce(), client.randomState()];
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirect,
      scope: provider.scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
    });
    const cookie = randomBytes(32).toString('base64url');
    this.#pending.put(cookie, { provider: id, verifier, nonce, state, redirect }, from);
    return { url: url.href, cookie };
  }

  /** @throws NotVouched */
  async end(id: string, cookie: string | undefined, query: URLSearchParams): Promise<Vouched> {
    const provider = this.#provider(id);
    const pending = cookie === undefined ? undefined : this.#pending.take(cookie);
    if (pending === undefined || pending.provider !== id)
      throw new NotVouched('this browser did not begin it, or too long ago');
    const address = new URL(pending.redirect);
    address.search = query.toString();
    let claims: Readonly<Record<string, unknown>>;
    try {
      const tokens = await client.authorizationCodeGrant(await this.#configurationOf(provider), address, {
        pkceCodeVerifier: pending.verifier,
        expectedNonce: pending.nonce,
        expectedState: pending.state,
        idTokenExpected: true,
      });
      claims = tokens.claims() ?? {};
    } catch (error) {
      throw new NotVouched(error instanceof Error ? error.message : String(error));
    }
    const { sub, name, email, amr } = claims;
    if (!isText(sub)) throw new NotVouched('the provider named nobody');
    const account = claims[provider.accountClaim];
    const says = Array.isArray(amr) && amr.some((one) => strongMethods.has(one));
    return {
      provider: id,
      subject: sub,
      name: isText(account) ? account.slice(0, 64).trim() : undefined,
      displayName: isText(name) ? name.slice(0, 128) : undefined,
      // One that the provider has not checked names whoever its owner likes.
      email: isText(email) && claims.email_verified !== false ? email : undefined,
      isStrong: provider.secondFactor === 'always' || (provider.secondFactor === 'when-it-says-so' && says),
      given: givenBy(provider, claims),
    };
  }

  #provider(id: string): OpenIdProvider {
    const provider = this.#providers.get(id);
    if (provider === undefined) throw new RangeError(`there is no identity provider "${id}"`);
    return provider;
  }

  #configurationOf(provider: OpenIdProvider): Promise<client.Configuration> {
    const now = this.#elapsedMs();
    const known = this.#discovered.get(provider.id);
    if (known !== undefined && now - known.at < DISCOVERED_FOR_MS) return known.found;
    const issuer = new URL(provider.issuer);
    const secret = readFileSync(this.#resolve(provider.clientSecretFile), 'utf8').trim();
    // Without TLS on this machine alone: a provider beside the cloud, or one of a test.
    const isHere = issuer.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(issuer.hostname);
    const found = client.discovery(
      issuer,
      provider.clientId,
      secret,
      undefined,
      isHere ? { execute: [client.allowInsecureRequests] } : {},
    );
    this.#discovered.set(provider.id, { at: now, found });
    found.catch(() => this.#discovered.delete(provider.id));
    return found;
  }
}
