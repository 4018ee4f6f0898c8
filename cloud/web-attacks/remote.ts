/** Addresses in values: of the machine itself and its neighbours, of foreign schemes, of scripts elsewhere. */
import type { Findings } from './findings.ts';
import { linear, wordSet, words } from './linear.ts';
import { mark, type Part } from './request-parts.ts';

/** Schemes that make a server read files, speak other protocols or run things. */
const foreign =
  wordSet(`file gopher dict ldap ldaps ldapi rmi iiop corba nis nds jndi jar netdoc php phar expect zip data glob ssh2 ogg rar zlib
  compress.zlib compress.bzip2 tftp sftp scp smb smb2 cifs imap imaps pop3 pop3s smtp smtps telnet rtsp rtmp mysql redis mongodb svn svn+ssh
  ssh git view-source chrome resource vbscript local_file url classpath netdoc vfs s3 ghttp ssrf dns mailto.run nfs afp bzip2 rsync proc`);
/** Parameters that carry somebody's own address in honest traffic. */
const namesOfAddresses =
  /(?:url|uri|link|ref|referr?er|return|redirect|next|back|continue|dest|destination|goto|target|callback|from|source|origin|site|web|page|loc|location|canonical|notify|webhook|success|cancel|dl|dr|u|image|img|src|href|sa|to|r|service|rurl|relaystate|iss|homepage|checkout|landing|item|media)$|^(?:url|uri|return|redirect|next|ref|utm|u_|dl|dr|link|success|cancel|callback|notify|image)/;
const namesOfFiles =
  /^(?:file|filename|page|include|inc|template|tpl|path|dir|document|doc|folder|load|root|module|view|layout|theme|style|lang|locale|content|conf|config|read|show|pg|skin|cat|abspath|basepath|base_?dir|class|lib|plugin|mosconfig.{0,32}|.{0,32}(?:path|dir|root|file|include))$/;
const redirectNames =
  /^(?:return|return_?(?:url|to|path)|redirect|redirect_?(?:url|uri|to)|next|goto|dest(?:ination)?|continue|target|url|rurl|forward|out|view|to|back|checkout_url|login|logout)$/;
const runnable =
  /\.(?:php[0-9s]?|phtml|inc|asp|aspx|ashx|jspx?|cfm|pl|py|rb|sh|bash|cgi|exe|dll|elf|bin|ps1|bat|hta|vbs|jar|war|class|dtd|xsl|xslt|txt|so|xml|svg)(?:[?#%\0&]|$)/;
const address = /([a-z][a-z0-9+.-]{1,24}):(?:\/{1,8}|\\{1,4})((?:[^\s/?#"'<>\\]{0,255}))/g;
const MAX_ADDRESSES = 16;

const internalHost = linear(
  ...words(`^localhost(?:\\.|$) ^localtest\\.me$ \\.(?:local|internal|localhost|intranet|lan|corp|localdomain|cluster\\.local)$ ^metadata(?:\\.|$) ^instance-data ^host\\.docker ^kubernetes(?:\\.|$) ^(?:127|10|0)\\.[0-9] ^192\\.168\\. ^169\\.254\\.
    ^172\\.(?:1[6-9]|2[0-9]|3[01])\\. ^100\\.100\\.100\\.200 ^0$ ^\\[ \\.(?:nip|xip|sslip)\\.io$ \\.burpcollaborator\\. \\.oast(?:ify)?\\. \\.interact\\.sh$ \\.oast\\. \\.oastify\\. \\.dnslog\\. \\.ceye\\. \\.ngrok \\.requestbin \\.pipedream\\.net$ \\.localtest\\.me$ \\.lvh\\.me$ ^lvh\\.me$ \\.vcap\\.me$ \\.1u\\.ms$ \\.rbndr\\.us$ webhook\\.site$`),
);
/** Dotted, decimal, hexadecimal or octal, whole or in parts: a shop's visitors use names. */
const literalHost =
  /^(?:\d{5,10}|0x[0-9a-f]{1,8}|0[0-7]{6,12}|(?:0x[0-9a-f]{1,8}|\d{1,12})(?:\.(?:0x[0-9a-f]{1,8}|\d{1,12})){1,3})$/;

export function findAddresses(part: Part, host: string | undefined, findings: Findings): void {
  const { lower, marks, kind, parameter } = part;
  if ((marks & (mark.slash | mark.colon)) === 0) return;
  if (kind === 'agent') return;
  if (marks & mark.colon) {
    address.lastIndex = kind === 'referer' ? Math.min(8, lower.length) : 0;
    for (let count = 0; count < MAX_ADDRESSES; count++) {
      const found = address.exec(lower);
      if (found === null) break;
      judge(part, found[1] ?? '', found[2] ?? '', found.index, host, findings);
      // The host may hold the next scheme: jar:http://…
      address.lastIndex = found.index + (found[1] ?? '').length + 1;
    }
    const wrapper =
      /(?:^|[=:'"\s/(])(?:php|phar|expect|zip|data|glob|jar|netdoc|compress\.zlib|compress\.bzip2|file|gopher|dict):(?:\/\/|\.\.|[a-z]{2,16}:)/.exec(
        lower,
      );
    if (wrapper !== null)
      findings.add(
        'remote-inclusion',
        5,
        `a scheme that reads or runs (${wrapper[0].trim()})`,
        part,
        wrapper.index,
      );
    if (
      /^https?:(?:0x[0-9a-f]{4,8}|\d{5,12}|[\\/]{0,8}[^\s/]{0,200}\\|[^/]{0,200}\s?[&#?]?\s?@)/.test(lower) ||
      /^https?:\/\/[^/]{0,200}[\s&#]{1,4}@/.test(lower)
    )
      findings.add('server-side-request', 5, 'a host in disguise', part);
    else if (/^https?:[^/\\]/.test(lower) && redirectNames.test(parameter))
      findings.add('open-redirect', 5, 'an address without slashes', part);
  }
  if (
    /\/(?:latest\/(?:meta-data|user-data|dynamic)|computemetadata\/v1|metadata\/(?:instance|v1|identity)|opc\/v[12]\/|openstack\/latest)/.test(
      lower,
    )
  )
    findings.add('server-side-request', kind === 'path' ? 3 : 5, "a cloud's data about its machine", part);
  if (/\bunix:[^|]{0,2048}\|/.test(lower))
    findings.add('server-side-request', 5, 'a socket of the machine', part);
  if (kind !== 'value') return;
  if (/^\s{0,4}(?:\/{2,8}|[/\\]{2,8})[a-z0-9[(]/.test(lower) && redirectNames.test(parameter)) {
    const disguised = marks & mark.backslash || lower.startsWith('///');
    findings.add('open-redirect', disguised ? 5 : 4, 'an address without a scheme', part);
  }
  if (/^(?:\/\\|\\\/|\/[\t\n\r]+\/)/.test(part.text))
    findings.add('open-redirect', 5, 'an address in disguise', part);
}

function judge(
  part: Part,
  scheme: string,
  authority: string,
  at: number,
  own: string | undefined,
  findings: Findings,
): void {
  const { lower, parameter, kind } = part;
  const name = parameter.replace(/^.*?([a-z_]{1,40})\]?$/, '$1');
  const isHttp = scheme === 'http' || scheme === 'https' || scheme === 'ftp' || scheme === 'ftps';
  if (!isHttp) {
    if (foreign.has(scheme) && (kind !== 'path' || scheme !== 'data'))
      findings.add(
        scheme === 'ldap' || scheme === 'rmi' ? 'server-side-request' : 'remote-inclusion',
        5,
        `a foreign scheme (${scheme})`,
        part,
        at,
      );
    return;
  }
  const user = authority.lastIndexOf('@');
  const bare = authority
    .slice(user + 1)
    .normalize('NFKC')
    .replaceAll('\u3002', '.')
    .replace(/:\d{0,5}$/, '')
    .replace(/[).,;]{1,4}$/, '');
  if (user >= 0) findings.add('server-side-request', 5, 'an address with a user before its host', part, at);
  if (internalHost.test(bare))
    findings.add('server-side-request', 5, `the machine itself or a neighbour (${bare})`, part, at);
  else if (literalHost.test(bare))
    findings.add('server-side-request', 5, `a host by number (${bare})`, part, at);
  else if (/[\u2460-\u24ff\u3002\u{1d400}-\u{1d7ff}]/u.test(bare))
    findings.add('server-side-request', 5, 'a host in disguise', part, at);
  if (kind === 'referer' || kind === 'name') return;
  if (own !== undefined && (bare === own || bare.endsWith(`.${own}`))) return;
  const isFile = namesOfFiles.test(name) || namesOfFiles.test(parameter);
  const rest = lower.slice(at + scheme.length + 3 + authority.length);
  if (at > 2 && kind !== 'path') return;
  if (kind === 'path') findings.add('remote-inclusion', at <= 1 ? 3 : 2, 'an address in the path', part, at);
  else if (rest.endsWith('?') || rest.endsWith('\0') || rest.endsWith('%00'))
    findings.add('remote-inclusion', 5, 'an address that ends in a question mark', part, at);
  else if (scheme.startsWith('ftp'))
    findings.add('remote-inclusion', 5, 'an address of a file server', part, at);
  else if (runnable.test(rest) && (isFile || !namesOfAddresses.test(name)))
    findings.add('remote-inclusion', 5, 'a script elsewhere', part, at);
  else if (isFile) findings.add('remote-inclusion', 5, `an address as ${parameter}`, part, at);
  else if (redirectNames.test(parameter)) findings.add('open-redirect', 2, 'a way to another site', part, at);
  else if (!namesOfAddresses.test(name) && part.where.startsWith('parameter') && !part.where.includes(','))
    findings.add('remote-inclusion', 5, `an address as ${parameter}`, part, at);
}
