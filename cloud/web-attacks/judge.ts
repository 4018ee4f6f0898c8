/** The judgement on one request. Pure; the work is bounded by the bounds of request-parts.ts. */
import { findCommands } from './command.ts';
import { findFiles } from './files.ts';
import { type Family, type Finding, Findings, THRESHOLD } from './findings.ts';
import {
  findDirectory,
  findDocumentQueries,
  findLineBreaks,
  findLookups,
  findTemplates,
  findXml,
} from './languages.ts';
import { findMarkup } from './markup.ts';
import { findAgent, findMethod, findOddities, findSessions, findTricks } from './protocol.ts';
import { findAddresses } from './remote.ts';
import { headerParts, mark, type Part, takeApart, type WebRequest } from './request-parts.ts';
import { findObjects, findPhp, findScripts } from './scripts.ts';
import { findSql } from './sql.ts';

export interface Verdict {
  isAttack: boolean;
  /** Points of the part that has most; THRESHOLD are an attack. */
  score: number;
  /** The kind of attack that has most points; undefined where nothing was found. */
  family?: Family;
  /** What was found, the weightiest first. */
  findings: readonly Finding[];
}

const nothing: Verdict = { isAttack: false, score: 0, findings: [] };

/** Letters, digits, blanks, hyphens, dots: only a few families can have something to say. */
const plain = mark.letter | mark.digit | mark.blank | mark.dash | mark.dot;
const hasPlainChance = /select|phpinfo|schema|passw|\.\.|^\.|[_.]|^-{1,2}|^-|adw-|-/;

/** Addresses and names of files: letters, digits, `- . / : _`. */
const addressLike = (plain & ~mark.blank) | mark.slash | mark.colon;

function judgePart(part: Part, request: WebRequest, findings: Findings): void {
  const { kind, marks, lower } = part;
  if (kind === 'agent') {
    // Parentheses, slashes and semicolons are what user agents are made of.
    if (
      (marks & (mark.quote | mark.angle | mark.dollar | mark.brace | mark.backslash)) === 0 &&
      !/[|&`\n\r]|\(\)/.test(lower)
    )
      return;
  } else if ((marks & ~plain) === 0 && part.tricks === 0 && kind !== 'path') {
    if (marks & mark.digit && marks & mark.blank) findSql(part, findings);
    if ((marks & (mark.dash | mark.dot | mark.blank)) === 0 && !lower.includes('_') && lower.length < 7)
      return;
    if (!hasPlainChance.test(lower)) {
      if (marks & mark.blank) {
        findSql(part, findings);
        findCommands(part, findings);
      }
      return;
    }
  }
  if ((marks & ~addressLike) === 0 && part.tricks === 0) {
    findFiles(part, request.status, findings);
    if (marks & (mark.slash | mark.colon)) findAddresses(part, request.host, findings);
    if (kind !== 'path' && marks & mark.colon) findMarkup(part, findings);
    if (marks & mark.slash && lower.includes('bin/')) findCommands(part, findings);
    if (kind !== 'path' || lower.includes('java')) findScripts(part, findings);
    if (kind !== 'path') {
      findPhp(part, findings);
      findObjects(part, findings);
      findSql(part, findings);
      findDocumentQueries(part, findings);
      if (marks & mark.colon) findDirectory(part, findings);
      findCommands(part, findings);
      findLookups(part, findings);
    }
    return;
  }
  findFiles(part, request.status, findings);
  findAddresses(part, request.host, findings);
  findSql(part, findings);
  findMarkup(part, findings);
  findCommands(part, findings);
  findPhp(part, findings);
  findScripts(part, findings);
  findObjects(part, findings);
  findLookups(part, findings);
  findTemplates(part, findings);
  findDirectory(part, findings);
  findXml(part, findings);
  findDocumentQueries(part, findings);
  findLineBreaks(part, findings);
}

/** Headers of honest traffic are few and come again: what was found in them is kept, so many at most. */
const MAX_HEADERS = 4_000;
const headers = {
  agent: new Map<string, readonly Finding[]>(),
  referer: new Map<string, readonly Finding[]>(),
};

function judgeHeader(header: 'agent' | 'referer', text: string): readonly Finding[] {
  const before = headers[header].get(text);
  if (before !== undefined) return before;
  const findings = new Findings();
  const parts = headerParts(header, text);
  for (const part of parts) {
    judgePart(part, { target: '' }, findings);
    if (header === 'agent') findAgent(part, findings);
  }
  findTricks(parts, findings);
  if (headers[header].size >= MAX_HEADERS) headers[header].clear();
  headers[header].set(text, findings.list);
  return findings.list;
}

/** Pure: the same request has the same verdict. */
export function judgeRequest(request: WebRequest): Verdict {
  const apart = takeApart(request);
  const findings = new Findings();
  for (const part of apart.parts) judgePart(part, request, findings);
  findMethod(request, apart, findings);
  findTricks(apart.parts, findings);
  findOddities(apart, findings);
  findSessions(request, apart, findings);
  const { userAgent, referer } = request;
  if (userAgent !== undefined) findings.take(judgeHeader('agent', userAgent));
  if (referer !== undefined) findings.take(judgeHeader('referer', referer));
  if (findings.list.length === 0) return nothing;
  const { score } = findings;
  const list = findings.list.sort((a, b) => b.points - a.points);
  const byFamily = new Map<Family, number>();
  for (const { family, points } of list) byFamily.set(family, (byFamily.get(family) ?? 0) + points);
  const family = [...byFamily].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  return { isAttack: score >= THRESHOLD, score, family, findings: list };
}
