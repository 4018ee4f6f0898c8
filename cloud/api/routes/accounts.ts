import { z } from 'zod';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { DEFAULT_TENANT } from '../../../devices/model/site.ts';
import { emptyProfile, MAX_NAME_LENGTH, NO_PASSWORD } from '../../people/account.ts';
import { accountScope, EVERYTHING } from '../../people/account-scope.ts';
import { newSecret, sha256, type WholeAccount } from '../../people/accounts.ts';
import { HOUSE } from '../../store/store.ts';
import { sessionInfo } from '../answers.ts';
import type { AccountList, AccountRow } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { hashPassword } from '../password.ts';
import { accountList, invitationSeen, invitedAccount, oneAccount, sessionRows } from '../people-answers.ts';
import { notThere, Problem } from '../problem.ts';
import { role } from '../rights.ts';
import { type Caller, openRoute, type Route, route } from '../route.ts';
import { newPassword, sessionRowsOf } from './account.ts';
import { giveCookie, infoOf, whenceOf } from './session.ts';

const accountName = plainText
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((name) => name.trim() === name && name !== HOUSE, 'is no name for an account');
const named = z.strictObject({ name: z.string().min(1).max(MAX_NAME_LENGTH) });
const reason = plainText.max(500).refine((words) => words.trim() !== '', 'must not be empty');
const secret = z.string().min(20).max(128);

/** Accounts in one hand: an administrator's, as far as their own sites go. */
export function accountsRoutes(parts: ApiParts): Route[] {
  const { people, sessions, registry, store, clock, options } = parts;
  const { accounts, scopes, settings } = people;

  const rowOf = ({ name, role: of, passwordHash, profile }: WholeAccount): AccountRow => {
    const { displayName, email, person, openIdConnect, lastSignInAt, locked, invitation } = profile;
    return {
      name,
      role: of,
      scope: profile.scope,
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email }),
      ...(person === undefined ? {} : { person }),
      ...(openIdConnect === undefined ? {} : { provider: openIdConnect.provider }),
      ...(lastSignInAt === undefined ? {} : { lastSignInAt }),
      ...(locked === undefined ? {} : { locked }),
      ...(invitation === undefined || invitation.expiresAt <= clock.now()
        ? {}
        : { invitedUntil: invitation.expiresAt }),
      passkeys: profile.passkeys.length,
      totp: profile.totp !== undefined,
      hasPassword: passwordHash !== NO_PASSWORD,
      sessions: sessions.list(name).length,
    };
  };
  /** @throws Problem where there is none, or one that sees more than its administrator */
  const theirs = (name: string, { scope }: Caller): WholeAccount => {
    const found = accounts.find(name);
    if (found === undefined || !scope.covers(scopes.of(found.profile.scope))) throw notThere('account');
    return found;
  };
  const demandOwn = (given: z.output<typeof accountScope>, { scope }: Caller) => {
    if (!scope.covers(scopes.of(given)))
      throw new Problem(422, 'too-wide', 'Nobody gives more than they see themselves.', { field: 'scope' });
    const known = new Set(registry.document.sites.map(({ tenant = DEFAULT_TENANT }) => tenant));
    const stranger =
      given.of === 'sites'
        ? given.sites.find((id) => registry.site(id) === undefined)
        : given.of === 'tenants'
          ? given.tenants.find((id) => !known.has(id))
          : undefined;
    if (stranger !== undefined)
      throw new Problem(422, 'no-such-place', `There is no ${stranger}.`, { field: 'scope' });
  };
  const demandPerson = (id: string | undefined, { scope }: Caller) => {
    if (id !== undefined && (registry.identity(id) === undefined || !scope.seesPerson(id)))
      throw new Problem(422, 'no-such-person', `There is no person ${id}.`, { field: 'person' });
  };
  /** The last who may would lock everybody out. */
  const demandAnother = ({ name, role: of, profile }: WholeAccount) => {
    if (of !== 'administrator' || profile.scope.of !== 'all') return;
    const others = accounts
      .all()
      .filter((one) => one.name !== name && one.role === 'administrator')
      .filter((one) => one.profile.scope.of === 'all' && one.profile.locked === undefined);
    if (others.length === 0)
      throw new Problem(409, 'last-administrator', 'There is no other administrator of all sites.');
  };
  const entry = (
    context: Parameters<typeof whenceOf>[0],
    { name }: Pick<Caller, 'name'>,
    action: string,
    about: string,
  ) => ({
    at: clock.now(),
    by: name,
    from: whenceOf(context, options).address,
    action,
    about,
  });
  const invite = (caller: Caller) => {
    const made = newSecret();
    const expiresAt = clock.now() + settings.invitationMs * clock.rate;
    return { made, invitation: { sha256: sha256(made), expiresAt, by: caller.name } };
  };
  const after = (name: string) => {
    const found = accounts.find(name);
    if (found === undefined) throw notThere('account');
    return { account: rowOf(found) };
  };
  const answer = { schema: oneAccount, title: 'The account' };

  return [
    route({
      method: 'get',
      path: '/api/accounts',
      title: 'Accounts, and what may be given to them',
      needs: 'accounts.manage',
      answer: { schema: accountList, title: 'Accounts' },
      handle({ context }, { scope }) {
        const sites = registry.document.sites
          .filter(({ id }) => scope.seesSite(id))
          .map(({ id, name, tenant = DEFAULT_TENANT }) => ({ id, name, tenant }));
        const whole = [...Map.groupBy(sites, ({ tenant }) => tenant)].filter(([tenant]) =>
          scope.covers(scopes.of({ of: 'tenants', tenants: [tenant] })),
        );
        const list: AccountList = {
          items: accounts
            .all()
            .filter(({ profile }) => scope.covers(scopes.of(profile.scope)))
            .map(rowOf),
          tenants: whole.map(([id, of]) => ({ id, sites: of.length })),
          sites,
        };
        return context.json(list);
      },
    }),
    route({
      method: 'post',
      path: '/api/accounts',
      title: 'Invite somebody: an account, and the secret of a one-time link',
      needs: 'accounts.manage',
      fresh: true,
      body: z.strictObject({
        name: accountName,
        role,
        scope: accountScope.default(EVERYTHING),
        displayName: plainText.max(128).exactOptional(),
        email: z.email().max(254).exactOptional(),
        person: identifier.exactOptional(),
      }),
      answer: { schema: invitedAccount, title: 'The account and its link' },
      async handle({ context, body }, caller) {
        const { name, role: of, scope, ...described } = body;
        demandOwn(scope, caller);
        demandPerson(body.person, caller);
        if (store.account(name) !== undefined)
          throw new Problem(409, 'name-taken', `There is an account ${name} already.`, { field: 'name' });
        const { made, invitation } = invite(caller);
        await accounts.update(
          name,
          () => ({ ...emptyProfile(), ...described, scope, createdAt: clock.now(), invitation }),
          entry(context, caller, 'account.invited', `${name} ${of}`),
        );
        await accounts.put({ name, role: of, passwordHash: NO_PASSWORD });
        return context.json({ ...after(name), secret: made });
      },
    }),
    route({
      method: 'put',
      path: '/api/accounts/:name',
      title: 'Another role, scope or person',
      needs: 'accounts.manage',
      fresh: true,
      params: named,
      body: z.strictObject({
        role: role.exactOptional(),
        scope: accountScope.exactOptional(),
        person: z.union([z.literal(''), identifier]).exactOptional(),
      }),
      answer,
      async handle({ context, params: { name }, body }, caller) {
        const found = theirs(name, caller);
        if (body.scope !== undefined) demandOwn(body.scope, caller);
        demandPerson(body.person === '' ? undefined : body.person, caller);
        const isLess =
          (body.role ?? found.role) !== found.role || (body.scope?.of ?? found.profile.scope.of) !== 'all';
        if (isLess) demandAnother(found);
        const said = [
          ...(body.role === undefined || body.role === found.role ? [] : [`${found.role} → ${body.role}`]),
          ...(body.scope === undefined ? [] : [`sees ${wordsOf(body.scope)}`]),
          ...(body.person === undefined ? [] : [`is ${body.person === '' ? 'nobody known' : body.person}`]),
        ];
        await accounts.update(
          name,
          ({ person: before, ...profile }) => {
            const person = body.person ?? before;
            return {
              ...profile,
              ...(body.scope === undefined ? {} : { scope: body.scope }),
              ...(person === undefined || person === '' ? {} : { person }),
            };
          },
          entry(context, caller, 'account.changed', `${name}: ${said.join(', ')}`.slice(0, 500)),
        );
        if (body.role !== undefined && body.role !== found.role)
          await accounts.put({ name, passwordHash: found.passwordHash, role: body.role });
        return context.json(after(name));
      },
    }),
    route({
      method: 'post',
      path: '/api/accounts/:name/lock',
      title: 'Lock an account: its sessions end at once',
      needs: 'accounts.manage',
      params: named,
      body: z.strictObject({ reason }),
      answer,
      async handle({ context, params: { name }, body }, caller) {
        const found = theirs(name, caller);
        if (name === caller.name) throw new Problem(409, 'own', 'Nobody locks their own account.');
        demandAnother(found);
        const locked = { at: clock.now(), by: caller.name, reason: body.reason.trim() };
        await accounts.update(
          name,
          (profile) => ({ ...profile, locked }),
          entry(context, caller, 'account.locked', `${name}: ${locked.reason}`),
        );
        await sessions.endAll(name);
        return context.json(after(name));
      },
    }),
    route({
      method: 'post',
      path: '/api/accounts/:name/unlock',
      title: 'Let an account sign in again',
      needs: 'accounts.manage',
      fresh: true,
      params: named,
      body: z.strictObject({}),
      answer,
      async handle({ context, params: { name } }, caller) {
        theirs(name, caller);
        await accounts.update(
          name,
          ({ locked: _, ...profile }) => profile,
          entry(context, caller, 'account.unlocked', name),
        );
        return context.json(after(name));
      },
    }),
    route({
      method: 'post',
      path: '/api/accounts/:name/reset',
      title: 'Take password, passkeys and second factor away; a one-time link sets new ones',
      needs: 'accounts.manage',
      fresh: true,
      params: named,
      body: z.strictObject({}),
      answer: { schema: invitedAccount, title: 'The account and its link' },
      async handle({ context, params: { name } }, caller) {
        const found = theirs(name, caller);
        if (name === caller.name) throw new Problem(409, 'own', 'Ask another administrator.');
        if (found.profile.openIdConnect !== undefined)
          throw new Problem(409, 'elsewhere', 'This account signs in at its identity provider.');
        const { made, invitation } = invite(caller);
        await accounts.update(
          name,
          ({ totp: _, ...profile }) => ({ ...profile, passkeys: [], recoveryCodes: [], invitation }),
          entry(context, caller, 'account.reset', name),
        );
        await accounts.put({ name, role: found.role, passwordHash: NO_PASSWORD });
        await sessions.endAll(name);
        return context.json({ ...after(name), secret: made });
      },
    }),
    route({
      method: 'get',
      path: '/api/accounts/:name/sessions',
      title: 'Sessions of an account',
      needs: 'accounts.manage',
      params: named,
      answer: { schema: sessionRows, title: 'Sessions' },
      handle({ context, params: { name } }, caller) {
        theirs(name, caller);
        return context.json({ items: sessionRowsOf(sessions, name, caller.session) });
      },
    }),
    route({
      method: 'delete',
      path: '/api/accounts/:name/sessions/:id',
      title: "End one of an account's sessions; `all`: every one",
      needs: 'accounts.manage',
      params: named.extend({ id: z.string().min(1).max(64) }),
      answer: { schema: sessionRows, title: 'Sessions that are left' },
      async handle({ context, params: { name, id } }, caller) {
        theirs(name, caller);
        if (id === 'all') await sessions.endAll(name, caller.session);
        else if (!(await sessions.endShown(name, id))) throw notThere('session');
        await store.audit(entry(context, caller, 'session.ended', `${name} ${id}`));
        return context.json({ items: sessionRowsOf(sessions, name, caller.session) });
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/invitations/look',
      title: 'Whose one-time link this is',
      body: z.strictObject({ secret }),
      answer: { schema: invitationSeen, title: 'The account' },
      handle({ context, body }) {
        const found = accounts.byInvitation(body.secret);
        const expiresAt = found?.profile.invitation?.expiresAt;
        if (found === undefined || expiresAt === undefined) throw notThere('invitation, or it is over');
        return context.json({ name: found.name, role: found.role, expiresAt });
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/invitations/accept',
      title: 'Set the password of a new account, once. The answer sets the session cookie.',
      body: z.strictObject({ secret, password: newPassword }),
      answer: { schema: sessionInfo, title: 'Signed in' },
      async handle({ context, body }) {
        const whence = whenceOf(context, options);
        const found = accounts.byInvitation(body.secret);
        if (found === undefined) throw notThere('invitation, or it is over');
        const { name, role: of } = found;
        const passwordHash = await hashPassword(body.password);
        // Taken before it is used: of two who open it at the same time one comes too late.
        const taken = await accounts.update(
          name,
          ({ invitation, ...profile }) => (invitation?.sha256 === sha256(body.secret) ? profile : undefined),
          entry(context, { name }, 'account.invitation-accepted', name),
        );
        if (taken === undefined) throw notThere('invitation, or it is over');
        await accounts.put({ name, role: of, passwordHash });
        const account = accounts.find(name);
        if (account === undefined) throw notThere('account');
        const { secret: cookie, caller } = await sessions.begin(account, 'invitation', whence);
        giveCookie(context, cookie, options);
        return context.json(infoOf(caller, parts.toolkit));
      },
    }),
  ];
}

function wordsOf(scope: z.output<typeof accountScope>): string {
  switch (scope.of) {
    case 'all':
      return 'all sites';
    case 'tenants':
      return `tenants ${scope.tenants.join(', ')}`;
    case 'sites':
      return `sites ${scope.sites.join(', ')}`;
  }
}
