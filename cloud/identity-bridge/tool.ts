/** What `gatehouse credential` does: the identity bridge with files in and out. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeKey } from '../audit/note.ts';
import { CommandProblem, glimpse, Handed, tokenOf } from './command-files.ts';
import {
  type Credential,
  type CredentialType,
  claimsOf,
  credentialType,
  openCredential,
  presentation,
  Refused,
} from './credential.ts';
import { did, documentAddress, documentOf, Resolver } from './did.ts';
import { Issuer, issueWish } from './issuer.ts';
import { signingKeyFrom } from './signing-key.ts';
import { StatusLists } from './status-list.ts';
import { help, options } from './tool-help.ts';
import { believed, openPresentation, required, type TrustedRoot } from './verification.ts';

const read = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options });
type Values = ReturnType<typeof read>['values'] & { io: Io };

function needed(
  values: Values,
  name: 'folder' | 'type' | 'subject' | 'key' | 'audience' | 'nonce' | 'reason',
): string {
  const value = values[name];
  if (value === undefined || value === '') throw new CommandProblem(`needs --${name}`);
  return value;
}

function didFrom(text: string, option: string): string {
  const found = did.safeParse(text);
  if (!found.success)
    throw new CommandProblem(`${option}: expected did:key:… or did:web:…, got "${text.slice(0, 80)}"`);
  return found.data;
}

function typeFrom(text: string, option: string): CredentialType {
  const found = credentialType.safeParse(text);
  if (found.success) return found.data;
  throw new CommandProblem(
    `${option}: there is no type "${text}"; known are ${credentialType.options.join(', ')}`,
  );
}

function claimsFrom(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new CommandProblem(`--claim: expected NAME=VALUE, got "${text}"`);
      return [text.slice(0, at), claimValue(text.slice(at + 1))];
    }),
  );
}

/** What is JSON and no plain number: an order `4711` is a name. */
function claimValue(text: string): unknown {
  if (!/^(true|false|\[.*\]|\{.*\}|".*")$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function timeOf({ at }: Values): number {
  const time = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(time))
    throw new CommandProblem(`--at: expected a time such as 2026-11-23T12:00:00Z, got "${at}"`);
  return time;
}

function write(values: Values, text: string): void {
  if (values.out === undefined) values.io.out(`${text}\n`);
  else writeFileSync(values.out, `${text}\n`, { mode: 0o600 });
}

function issuerOf(values: Values): Issuer {
  const folder = needed(values, 'folder');
  if (!existsSync(join(folder, 'key.pem')))
    throw new CommandProblem(`${folder} has no key yet; "gatehouse credential key ${folder}" makes one`);
  const name = values.did === undefined ? {} : { did: didFrom(values.did, '--did') };
  return new Issuer({ folder, address: values.address.replace(/\/+$/, ''), ...name });
}

function key(values: Values, [folder]: readonly string[]): void {
  if (folder === undefined) throw new CommandProblem('key: needs a folder');
  const file = join(folder, 'key.pem');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) makeKey(file);
  const name = values.did === undefined ? undefined : didFrom(values.did, '--did');
  const { signer, raw } = signingKeyFrom(file, name);
  values.io.out(`${signer.did}\n`);
  if (!signer.did.startsWith('did:web:')) return;
  const [document] = values.document;
  const text = JSON.stringify(documentOf(signer.did, raw), undefined, 2);
  if (document !== undefined) writeFileSync(document, `${text}\n`);
  values.io.remark(
    `publish ${document ?? 'its document (--document FILE writes it)'} at ${documentAddress(signer.did)?.href ?? 'its host'}\n`,
  );
}

async function issue(values: Values): Promise<void> {
  const type = typeFrom(needed(values, 'type'), '--type');
  const wish = issueWish.safeParse({
    type,
    subject: didFrom(needed(values, 'subject'), '--subject'),
    claims: claimsFrom(values.claim),
    validDays: Number(values.days),
  });
  if (!wish.success) throw new CommandProblem(`--days: expected a number of days, got "${values.days}"`);
  const claims = claimsOf[type].safeParse(wish.data.claims);
  if (!claims.success) {
    const [problem] = claims.error.issues;
    const wanted = Object.keys(claimsOf[type].shape).join(', ');
    throw new CommandProblem(
      `--claim ${problem?.path.join('.') ?? ''}: ${problem?.message ?? ''}; a ${type} claims ${wanted}`,
    );
  }
  const { id, jwt } = await issuerOf(values).issue(wish.data, 'command line', timeOf(values));
  write(values, jwt);
  values.io.remark(`issued ${id}\n`);
}

async function present(values: Values, files: readonly string[]): Promise<void> {
  if (files.length === 0) throw new CommandProblem('present: needs the file of a credential');
  const { signer } = signingKeyFrom(
    needed(values, 'key'),
    values.did === undefined ? undefined : didFrom(values.did, '--did'),
  );
  const to = { nonce: needed(values, 'nonce'), audience: needed(values, 'audience') };
  write(values, await presentation(files.map(tokenOf), to, signer));
}

function rootsOf(values: Values, own: Issuer | undefined): TrustedRoot[] {
  const roots = values.root.map((text) => {
    const [name = '', types] = text.split('=');
    const issues =
      types === undefined
        ? [...credentialType.options]
        : types.split(',').map((one) => typeFrom(one, '--root'));
    return { did: didFrom(name, '--root'), issues };
  });
  if (own !== undefined) roots.push({ did: own.signer.did, issues: [...credentialType.options] });
  if (roots.length === 0)
    throw new CommandProblem(
      'verify: needs --root DID: whose word is believed; or --folder of your own issuer',
    );
  return roots;
}

async function verify(values: Values, files: readonly string[]): Promise<void> {
  if (files.length === 0)
    throw new CommandProblem('verify: needs the file of a presentation or of credentials');
  const own = values.folder === undefined ? undefined : issuerOf(values);
  const roots = rootsOf(values, own);
  const handed = new Handed();
  for (const file of values.status) handed.addStatus(file);
  for (const file of values.document) handed.addDocument(file);
  const network = { hosts: [...values.host, ...handed.hosts], fetch: handed.fetch(values.host) };
  const resolver = new Resolver(network);
  if (own !== undefined) resolver.know(own.signer.did, own.signer.method, own.raw);
  const lists = new StatusLists({ resolver, ...network });
  const now = timeOf(values);
  const trust = {
    resolver,
    roots,
    now: () => now,
    isRevoked: async ({ list, index }: { list: string; index: number }, issuer: string) => {
      if (values['without-status']) return false;
      const known = issuer === own?.signer.did ? own.isRevoked(list, index) : undefined;
      return known ?? lists.isRevoked(list, index, issuer, now);
    },
  };
  const tokens = files.map(tokenOf);
  let holder: string;
  let jwts: string[] = tokens;
  const [first = ''] = tokens;
  if (isPresentation(first)) {
    if (tokens.length > 1) throw new CommandProblem('verify: one presentation at a time');
    const [nonce, audience] = [needed(values, 'nonce'), needed(values, 'audience')];
    const useNonce = (given: string) => (given === nonce ? ('good' as const) : ('unknown' as const));
    ({ holder, jwts } = await openPresentation(first, { audience, useNonce }, trust));
  } else holder = (await openCredential(first, resolver)).subject ?? '';
  const credentials = await believed(jwts, holder, trust);
  if (values.want !== undefined)
    required({ holder, credentials }, typeFrom(values.want, '--want'), claimsFrom(values.claim));
  tell(values, holder, credentials, isPresentation(first));
}

function isPresentation(jwt: string): boolean {
  try {
    return glimpse(jwt).type.includes('VerifiablePresentation');
  } catch {
    return false;
  }
}

function tell(values: Values, holder: string, credentials: readonly Credential[], isHeld: boolean): void {
  const unchecked = [
    ...(values['without-status'] ? ['whether anything was revoked'] : []),
    ...(isHeld ? [] : ['whether whoever sent it is who it is about']),
  ];
  if (values.json) {
    const list = credentials.map(({ jwt: _jwt, status: _status, ...rest }) => rest);
    write(values, JSON.stringify({ believed: true, holder, credentials: list, unchecked }));
    return;
  }
  const lines = credentials.map(({ type, issuer, claims, validUntil }) => {
    const said = Object.entries(claims).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const until = validUntil === undefined ? '' : `, valid until ${new Date(validUntil).toISOString()}`;
    return `${type}: ${said.join(', ')}; by ${issuer}${until}`;
  });
  const not = unchecked.length === 0 ? [] : [`not checked: ${unchecked.join('; ')}`];
  write(values, [`believed, ${isHeld ? 'held by' : 'about'} ${holder}`, ...lines, ...not].join('\n'));
}

function revoke(values: Values, [which]: readonly string[]): void {
  if (which === undefined)
    throw new CommandProblem('revoke: needs the id of a credential (urn:uuid:…), or its file');
  const id = which.startsWith('urn:') ? which : glimpse(tokenOf(which)).id;
  if (id === undefined) throw new CommandProblem(`${which}: the credential has no id`);
  const known = issuerOf(values).revoke(id, needed(values, 'reason'), 'command line', timeOf(values));
  values.io.out(`revoked ${id} at ${new Date(known.revokedAt ?? 0).toISOString()}: ${known.reason ?? ''}\n`);
}

async function status(values: Values): Promise<void> {
  const jwt = await issuerOf(values).statusList(Number(values.number), timeOf(values));
  if (jwt === undefined) throw new CommandProblem(`--number: there is no list "${values.number}"`);
  write(values, jwt);
}

/** Where answers and remarks go. */
export interface Io {
  out(text: string): void;
  remark(text: string): void;
}

/** @returns the exit status: 0 done, or believed; 1 refused; 2 the question is wrong */
export async function runCredentialTool(args: readonly string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = read(args);
    if (values.help) io.out(help);
    else await answer({ ...values, io }, positionals);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Refused) {
      io.remark(`refused (${error.reason}): ${message}\n`);
      return 1;
    }
    io.remark(`gatehouse credential: ${message.split('\n')[0]}\n`);
    return error instanceof RangeError ? 1 : 2;
  }
}

async function answer(values: Values, [verb, ...rest]: readonly string[]): Promise<void> {
  switch (verb) {
    case 'key':
      return key(values, rest);
    case 'issue':
      return issue(values);
    case 'present':
      return present(values, rest);
    case 'verify':
      return verify(values, rest);
    case 'revoke':
      return revoke(values, rest);
    case 'status':
      return status(values);
    default:
      throw new CommandProblem(
        'key, issue, present, verify, revoke or status; "gatehouse credential --help" tells more',
      );
  }
}
