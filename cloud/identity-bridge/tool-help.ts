/** How `gatehouse credential` is asked. */
import { credentialType } from './credential.ts';

export const help = `gatehouse credential: prove who somebody is, with W3C verifiable credentials in files

Usage: gatehouse credential key FOLDER [--did did:web:HOST] [--document FILE]
       gatehouse credential issue --folder FOLDER --type TYPE --subject DID [--claim NAME=VALUE]… [--days N] [--out FILE]
       gatehouse credential present --key FILE --audience TEXT --nonce TEXT CREDENTIAL… [--out FILE]
       gatehouse credential verify --root DID[=TYPE,…]… [--audience TEXT --nonce TEXT] [--want TYPE] FILE…
       gatehouse credential revoke --folder FOLDER --reason TEXT ID|CREDENTIAL
       gatehouse credential status --folder FOLDER [--number N] [--out FILE]

key      makes a key, FOLDER/key.pem, once; later it only says whose it is: a did:key by itself, or a did:web, whose
         document --document writes, to be published at the address that is told
issue    a credential about DID, as a token; what was issued is kept in FOLDER, so that it can be revoked
present  credentials of the holder of --key as one presentation, for this audience and this nonce alone
verify   a presentation, or credentials by themselves: signatures, times, revocation, and whether a --root lets the
         issuer issue it. Without --root nobody is believed.
revoke   for good; whoever asks for the status list is told from then on
status   the list of what was revoked, as a token; serve it at the address that is in it

  --folder FOLDER    of the issuer: key.pem and issued.ndjson; the folder "identity-bridge" of a cloud's state may be used too,
                     also while it runs
  --did did:web:…    issue or present under this name, not as did:key
  --address URL      where the issuer's status lists are served (URL/api/identity/status/0); default https://localhost:8443
  --type TYPE        ${credentialType.options.slice(0, 4).join(', ')},
                     ${credentialType.options.slice(4).join(', ')}
  --claim NAME=VALUE what is claimed, as often as needed; VALUE may be JSON: ageOver18=true, mayIssue='["CourierCredential"]'
  --days N           valid for so long, default 365
  --want TYPE        must be among what is verified, with each --claim that is given
  --status FILE      a status list, instead of asking for it; --document FILE: a did:web's, likewise
  --host HOST        may be asked over the network for status lists and documents
  --without-status   what was revoked is not asked about, and the answer says so
  --at TIME          as of this time (2026-11-23T12:00:00Z), not now
  --out FILE         instead of standard output; FILE "-" reads standard input
  --json             the answer of verify as one line of JSON
  --help             this text

Exit status: 0 done, or believed; 1 refused, with the reason; 2 the question is wrong.
`;

export const options = {
  folder: { type: 'string' },
  did: { type: 'string' },
  address: { type: 'string', default: 'https://localhost:8443' },
  type: { type: 'string' },
  subject: { type: 'string' },
  claim: { type: 'string', multiple: true, default: [] as string[] },
  days: { type: 'string', default: '365' },
  key: { type: 'string' },
  audience: { type: 'string' },
  nonce: { type: 'string' },
  root: { type: 'string', multiple: true, default: [] as string[] },
  want: { type: 'string' },
  status: { type: 'string', multiple: true, default: [] as string[] },
  document: { type: 'string', multiple: true, default: [] as string[] },
  host: { type: 'string', multiple: true, default: [] as string[] },
  'without-status': { type: 'boolean', default: false },
  reason: { type: 'string' },
  number: { type: 'string', default: '0' },
  at: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
