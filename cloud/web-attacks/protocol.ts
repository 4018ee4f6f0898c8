/** What is wrong with a request whatever it asks for: method, encodings, the program that sends it, fixed sessions. */
import { trick } from './decode.ts';
import type { Findings } from './findings.ts';
import { linear, wordSet, words } from './linear.ts';
import { type Part, partOf, type TakenApart, type WebRequest } from './request-parts.ts';

const usual = wordSet('GET HEAD POST OPTIONS');
const ofInterfaces = wordSet('PUT PATCH DELETE');
const ofCalendars = wordSet('PROPFIND REPORT PROPPATCH MKCOL COPY MOVE LOCK UNLOCK MKCALENDAR SEARCH');
const interfacePath =
  /\/(?:api|rest|v\d{1,2}|wp-json|graphql|store-api|services|account|cart|basket|checkout|ajax|rpc|orders?|customers?|wishlist|session|items?)(?:\/|$)/;
const executable = /\.(?:php\d?|phtml|jspx?|asp|aspx|ashx|cfm|cgi|pl|py|sh|exe|war|html?|txt)(?:\/|$)/;
/** Honest requests have fewer. */
const MANY_PARAMETERS = 200;

export function findMethod(request: WebRequest, apart: TakenApart, findings: Findings): void {
  const { method } = request;
  const path = apart.parts[0];
  if (path === undefined) return;
  const part = partOf('path', 'method', method ?? request.target);
  if (method === undefined) {
    // A handshake of TLS, another protocol: what stands there is no request line.
    if (request.target !== '' && !request.target.startsWith('/'))
      findings.add('protocol', 5, 'bytes that are no request', part);
    return;
  }
  if (usual.has(method)) {
    if (
      apart.authority !== '' &&
      request.host !== undefined &&
      !apart.authority.toLowerCase().includes(request.host.toLowerCase())
    )
      findings.add('protocol', 5, "another site's address: the server is tried as a proxy", part);
    return;
  }
  if (ofInterfaces.has(method)) {
    if (executable.test(path.lower)) findings.add('protocol', 5, `${method} of a file that runs`, part);
    else if (!interfacePath.test(path.lower) && (request.referer === undefined || request.referer === ''))
      findings.add('protocol', 5, `${method} outside any interface`, part);
  } else if (ofCalendars.has(method))
    findings.add('protocol', 5, `the method ${method} of file sharing`, part);
  else findings.add('protocol', 5, `the method ${method.slice(0, 24)}`, part);
}

/** How the parts are written. */
export function findTricks(parts: readonly Part[], findings: Findings): void {
  for (const part of parts) {
    const { tricks, kind } = part;
    if (tricks === 0) continue;
    const path = kind === 'path';
    const give = (bit: number, points: number, what: string) => {
      if (tricks & bit) findings.add('protocol', points, what, part);
    };
    give(trick.overlong, 5, 'letters in forbidden long forms of UTF-8');
    give(trick.nullByte, 5, 'a null byte');
    give(trick.needless, 5, 'letters encoded twice that need no encoding');
    give(trick.asciiAsUnicode, 5, '%u for a letter of ASCII');
    give(trick.control, 5, 'control characters');
    if (kind === 'agent' || kind === 'referer') continue;
    give(trick.spelled, path ? 3 : 2, 'letters that are encoded without need');
    // "50% off": people write that into addresses.
    give(trick.malformed, path ? 4 : 1, 'a percent sign that encodes nothing');
    give(trick.invalid, path ? 2 : 1, 'bytes that are no UTF-8');
    if (tricks & trick.entity && tricks & trick.escape)
      findings.add('protocol', 3, 'several kinds of escapes', part);
    give(trick.escape, 2, 'escapes of scripts');
  }
}

/** What is odd about the address as a whole. */
export function findOddities(apart: TakenApart, findings: Findings): void {
  for (const part of apart.parts) {
    if (
      part.parameter === '_method' &&
      /^[a-z]{3,12}$/.test(part.lower) &&
      part.where === 'parameter _method'
    )
      findings.add('protocol', 5, `the method ${part.lower} in the address`, part);
    else if (part.kind === 'name' && /\]\w/.test(part.text))
      findings.add('protocol', 5, 'a name that goes on behind its bracket', part);
    else if (part.kind === 'name' && part.text.length > 96)
      findings.add('protocol', 5, 'a very long name', part);
  }
  const path = apart.parts[0];
  if (path === undefined) return;
  if (apart.parameters > MANY_PARAMETERS) findings.add('protocol', 5, `${apart.parameters} parameters`, path);
  if (apart.rawPath.includes('#')) findings.add('protocol', 4, 'a fragment, which no browser sends', path);
  else if (apart.query.includes('#'))
    findings.add('protocol', 3, 'a fragment, which no browser sends', partOf('value', 'query', apart.query));
  if (apart.rawPath.includes('\\')) findings.add('protocol', 2, 'a backslash in the path', path);
}

/** Scanners and tools for attacks that say their name. */
const scanners = linear(
  ...words(`sqlmap nikto \\bnmap masscan zgrab gobuster dirbuster feroxbuster wpscan nuclei acunetix nessus openvas \\bw3af havij arachni skipfish whatweb wfuzz \\bffuf \\bhydra\\b commix xsstrike dirsearch jaeles netsparker qualys appscan webinspect burp(?:suite|collab|[[]?\\s) owasp[\\s_]?zap zaproxy
    metis\\b grabber\\b brutus paros\\b pangolin absinthe bsqlbf sqlninja sqlsus morfeus zmeu jorgee fimap n-stealth cgichk webtrends\\s?sec whisker \\bwebshag dotdotpwn grendel-scan golismero vega/ \\bxenu joomscan cmsmap droopescan \\bl9(?:explore|tcpid) expanse muieblackcat \\btplmap \\bsubfinder httpx\\s- interactsh detectify \\bsn1per internetmeasurement censysinspect leakix \\bnetsystemsresearch
    hello,?\\s?world morfeus\\sfucking toata\\s \\bsysscan \\bsecurityscan webvulnscan vulnscan hexometer odin\\b kadmus mozlila gbrmss struts-pwn \\bpython-urllib/1 \\bsiege/ \\bslowloris \\bhulk\\b core-project prog\\.customcrawler bilbo datacha0s rfuzz blackwidow zaptest whitehat\\ssecurity`),
);

export function findAgent(part: Part, findings: Findings): void {
  const found = scanners.exec(part.lower);
  if (found !== null)
    findings.add('scanner', 5, `a tool that says its name (${found[0].trim()})`, part, found.index);
}

const sessionNames =
  /^(?:jsessionid|phpsessid|aspsessionid[a-z]{0,16}|asp\.net_sessionid|cfid|cftoken|cfsid|jservsession|jwsession|sessionid|session_id|session-id|sessid|sess_id|siteserver|viewstate_session|zendsessid|oscsid|zenid|laravel_session|connect\.sid|ci_session)$/;

/** Somebody is given a session that another knows. */
export function findSessions(request: WebRequest, apart: TakenApart, findings: Findings): void {
  for (const part of apart.parts) {
    if (part.kind === 'value' && sessionNames.test(part.parameter) && !part.where.startsWith('referer')) {
      // Payment services send people back with the name of their own session.
      if (/^cs_(?:live|test)_/.test(part.lower)) continue;
      const from = /^https?:\/\/([^/:?#]{1,255})/i.exec(request.referer ?? '')?.[1]?.toLowerCase();
      const isForeign =
        from !== undefined && (request.host === undefined || from !== request.host.toLowerCase());
      if (from === undefined || isForeign)
        findings.add('session-fixation', 5, `a session given from outside (${part.parameter})`, part);
    }
    if (
      part.lower.includes('cookie') &&
      /(?:\.cookie\b.{0,200}(?:expires|domain)\W|http-equiv\W{0,4}set-cookie)/.test(part.lower)
    )
      findings.add('session-fixation', 5, 'a cookie set by a page', part);
  }
}
